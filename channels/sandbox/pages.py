"""The public web pages: timelines where anyone can write as a customer, and the log of create calls."""

from typing import Any
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from channels.sandbox import page_views, visitors
from channels.sandbox.clock import moment, now
from channels.sandbox.labels import age, translate
from channels.sandbox.looks import ENVIRONMENT, language_for
from channels.sandbox.rows import Account
from channels.sandbox.story import Storyteller
from channels.sandbox.world import World
from channels.sandbox.wp_posts import run_cron


def language_of(request: Request) -> str:
    """Return `ko` or `en`, by `?lang=` or what the browser prefers."""
    return language_for(
        request.query_params.get("lang") or request.headers.get("accept-language", "")
    )


ENVIRONMENT.globals |= {"address_of": page_views.address_of, "home_of": page_views.home_of}


class Pages:
    """The pages, on one world."""

    def __init__(self, world: World, story: Storyteller) -> None:
        self.world = world
        self.story = story

    def _render(
        self, request: Request, template: str, status: int = 200, **values: Any
    ) -> Response:
        """Render a page, or with `?fragment` only the part that is refreshed."""
        language, at = language_of(request), now()
        context = {
            "t": lambda text: translate(text, language),
            "age": lambda moment_at: age(at - moment_at, language),
            "clock": lambda moment_at: moment(moment_at).strftime("%H:%M:%S"),
            "language": language,
            "accounts": self.world.store.accounts.all(),
            **values,
        }
        page = ENVIRONMENT.get_template(template)
        if "fragment" in request.query_params:
            blocks = page.blocks["live"](page.new_context(context))
            return HTMLResponse("".join(blocks))
        return HTMLResponse(page.render(context), status)

    async def missing(self, request: Request, _error: Exception) -> Response:
        """Answer an address that leads nowhere."""
        return self._missing(request)

    def _missing(self, request: Request) -> Response:
        return self._render(request, "missing.html", 404)

    async def overview(self, request: Request) -> Response:
        """All timelines at a glance."""
        shown = [
            (account, page_views.latest(self.world, account))
            for account in self.world.store.accounts.all()
        ]
        return self._render(request, "overview.html", shown=shown)

    def _account(self, platform: str, name: str) -> Account | None:
        try:
            return visitors.account_named(self.world, platform, name)
        except visitors.Refusal:
            return None

    async def x_profile(self, request: Request) -> Response:
        """The conversations of one account on X."""
        account = self._account("x", request.path_params["handle"])
        if account is None:
            return self._missing(request)
        threads = page_views.x_threads(self.world, account)
        return self._render(request, "timeline.html", account=account, threads=threads)

    async def x_status(self, request: Request) -> Response:
        """Lead from a post's id to the profile that shows it."""
        tweet = self.world.store.tweets.get(request.path_params["id"])
        people = [tweet.author_id, *tweet.mentions] if tweet else []
        for identity in people:
            account = self.world.account_of("x", identity)
            if account:
                target = f"{page_views.address_of(account)}#{request.path_params['id']}"
                return RedirectResponse(target, 302)
        return self._missing(request)

    async def facebook_page(self, request: Request) -> Response:
        """The wall of one page."""
        account = self._account("facebook", request.path_params["page"])
        if account is None:
            return self._missing(request)
        threads = page_views.facebook_threads(self.world, account)
        return self._render(request, "timeline.html", account=account, threads=threads)

    async def blog(self, request: Request) -> Response:
        """The articles of one blog."""
        account = self._account("wordpress", request.path_params["slug"])
        if account is None:
            return self._missing(request)
        run_cron(self.world, account.identity)
        articles = page_views.articles(self.world, account)
        return self._render(request, "blog.html", account=account, articles=articles)

    async def article(self, request: Request) -> Response:
        """One article and its comments."""
        account = self._account("wordpress", request.path_params["slug"])
        number = request.path_params["number"]
        articles = page_views.articles(self.world, account) if account else []
        article = next((a for a in articles if a.number == number), None)
        if account is None or article is None:
            return self._missing(request)
        threads = page_views.blog_threads(self.world, account, number)
        return self._render(
            request, "article.html", account=account, article=article, threads=threads
        )

    async def calls(self, request: Request) -> Response:
        """The latest create calls."""
        calls = self.world.store.calls.all()[-200:][::-1]
        return self._render(request, "calls.html", calls=calls)

    async def act(self, request: Request) -> Response:
        """Do what a form asks for, and go back to the page it came from."""
        if not _is_same_site(request):
            return Response("Forms are accepted from these pages only.", 403)
        form = {name: str(value) for name, value in (await request.form()).items()}
        try:
            self._do(request.path_params["verb"], form)
        except (visitors.Refusal, KeyError, ValueError) as error:
            return Response(f"Not possible: {error}", 400)
        back = form.get("back", "/")
        return RedirectResponse(back if back.startswith("/world") else "/", 303)

    def _do(self, verb: str, form: dict[str, str]) -> None:
        if verb == "say":
            if not form.get("text", "").strip():
                raise visitors.Refusal("there is no text")
            wish = {name: value for name, value in form.items() if value and name != "back"}
            visitors.say(self.world, wish)
        elif verb == "edit":
            visitors.edit(self.world, form["id"], form["text"])
        elif verb == "delete":
            visitors.delete(self.world, form["id"])
        elif verb == "approve":
            visitors.moderate(self.world, form["id"], "approve")
        elif verb == "storm":
            count = min(int(form.get("count", "100")), 5000)
            self.story.start_storm(count, float(form.get("seconds", "30")))
        else:
            raise visitors.Refusal(f"no such act: {verb}")

    def routes(self) -> list[Route]:
        """Return the route table."""
        return [
            Route("/", self.overview),
            Route("/world/x/status/{id}", self.x_status),
            Route("/world/x/{handle}", self.x_profile),
            Route("/world/facebook/{page}", self.facebook_page),
            Route("/world/blog/{slug}", self.blog),
            Route("/world/blog/{slug}/{number:int}", self.article),
            Route("/world/calls", self.calls),
            Route("/world/do/{verb}", self.act, methods=["POST"]),
        ]


def _is_same_site(request: Request) -> bool:
    """Refuse forms that other sites' pages send."""
    origin = request.headers.get("origin")
    return not origin or urlsplit(origin).netloc == request.url.netloc
