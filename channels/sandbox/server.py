"""The sandbox as an ASGI application: platforms, control API and pages under one roof."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from channels.sandbox import graph_api, wordpress, x_api
from channels.sandbox.control import Control
from channels.sandbox.elsewhere import Elsewhere
from channels.sandbox.gateway import Gateway
from channels.sandbox.pages import Pages
from channels.sandbox.push import Pusher
from channels.sandbox.seed import default_world
from channels.sandbox.story import Storyteller
from channels.sandbox.world import Settings, World


async def _health(request: Request) -> JSONResponse:
    world: World = request.app.state.world
    return JSONResponse({"status": "ok", "creates": len(world.store.calls)})


async def _media(request: Request) -> Response:
    """GET /media/{id}: an uploaded file."""
    world: World = request.app.state.world
    media = world.store.media.get(request.path_params["id"])
    if media is None:
        return Response(status_code=404)
    return Response(base64.b64decode(media.content), media_type=media.content_type)


async def _avatar(request: Request) -> Response:
    """GET /avatar/{name}: a coloured disc, the same for the same name."""
    hue = sum(request.path_params["name"].encode()) * 37 % 360
    text = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">'
        f'<circle cx="24" cy="24" r="24" fill="hsl({hue} 45% 60%)"/>'
        '<circle cx="24" cy="19" r="8" fill="#fff"/><ellipse cx="24" cy="42" rx="14" ry="12" '
        'fill="#fff"/></svg>'
    )
    return Response(text, media_type="image/svg+xml", headers={"cache-control": "max-age=86400"})


def create_app(settings: Settings) -> Starlette:
    """Build the application; its World is `app.state.world`."""
    world = World(settings)
    if settings.default_world and not len(world.store.accounts):
        default_world(world)

    story = Storyteller(world)
    pages = Pages(world, story)
    pusher = Pusher(world)
    elsewhere = Elsewhere(world)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        running = [asyncio.create_task(story.run()), asyncio.create_task(pusher.run())]
        yield
        world.closing.set()
        await asyncio.gather(*running)
        world.store.close()

    app = Starlette(
        routes=[
            Mount("/x", Gateway(world, x_api.PLATFORM, "/x")),
            Mount("/graph", Gateway(world, graph_api.PLATFORM, "/graph")),
            Mount("/blogs", Gateway(world, wordpress.PLATFORM, "/blogs")),
            Mount("/blog", Gateway(world, wordpress.PLATFORM, "/blog")),
            Mount("/feedblog", Gateway(world, wordpress.PLATFORM, "/feedblog")),
            Mount("/_control", routes=Control(world, story, pusher, elsewhere).routes()),
            *pages.routes(),
            *elsewhere.routes(),
            Route("/healthz", _health),
            Route("/media/{id}", _media),
            Route("/avatar/{name}", _avatar),
        ],
        exception_handlers={404: pages.missing},
        lifespan=lifespan,
    )
    app.state.world = world
    return app
