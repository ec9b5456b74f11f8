"""What foreigners say to the telecom, by subject and business unit; same form as the Korean texts."""

TEXTS: dict[str, dict[str, tuple[str, ...]]] = {
    "question": {
        "mobile": (
            "Hi! I'm moving to {city} in January. Can I get a prepaid SIM with just my passport?",
            "Does the {plan} plan include EU roaming? I'm flying to {country} {soon}.",
            "My ARC expires next month, will my number be cut off automatically?",
            "Is there an English menu in the app? I can't find where to change my card :(",
            "How much data is left? The text is in Korean, my translator says 'your bamboo is overflowing' lol",
            "Can I use eSIM on a {device} bought in {country}?",
            "Do you have any English speaking store near {place}?",
            "Is 5G available around {place}? Asking for work, we have a demo there.",
        ),
        "home": (
            "What's the shortest internet contract? I only stay in Korea for {n} months.",
            "Installation guy asked me for a 'jumin' number, I'm a foreigner, what should I give him?",
            "Can I watch the TV box with English subtitles?",
        ),
        "corp": (
            "Is there any way to receive the bill by e-mail in English?",
            "Do you hire interns who don't speak Korean fluently? Asking for a friend (me).",
        ),
    },
    "complaint": {
        "mobile": (
            "Been on hold for {n} minutes and then the line dropped. Twice. Is anyone there?",
            "Charged {won} won for a \"premium ringtone\" I never ordered. Please refund.",
            "No signal at {place} since {day}. My colleagues on other carriers are fine.",
            "Your shop in {city} signed my wife up for a 36 month plan without explaining. Not OK.",
        ),
        "home": (
            "Internet drops every evening around 9pm in {city}. I work US hours, please help!!",
            "Third technician visit, still {n}0 Mbps on a 1 Gbps line 🙃",
        ),
        "corp": (
            "The new website logs me out whenever I switch to English. Every. Single. Time.",
        ),
    },
    "praise": {
        "mobile": (
            "Shout out to the staff at the {place} store, they helped me in English for an hour. 감사합니다!",
            "Roaming in {country} just worked when I landed. Impressed 👏",
        ),
        "home": ("Technician came on a Sunday and even fixed my neighbour's router. Legend.",),
        "corp": (
            "Love that a big company answers on here like a human. Keep it up!",
        ),
    },
    "thanks": {
        "": (
            "Thank you so much for the quick reply!",
            "That worked, thanks a lot 🙏",
            "Great, appreciate it!",
        )
    },
    "ask_back": {
        "": (
            "Sorry, which menu exactly? Could you send a screenshot?",
            "Thanks, but does that also apply to foreigners?",
            "Still not working here... anything else I can try?",
        )
    },
    "storm": {
        "mobile": (
            "Is Hanbit down for everyone in {city}?",
            "No service. Can't reach my kids' school. What is going on?",
        ),
    },
    "blog": {
        "corp": (
            "Great article! Will there be an English version of this series?",
            "I used the roaming pass in {country} for {n} days, works well except on trains.",
        )
    },
}  # fmt: skip

SLOTS: dict[str, tuple[str, ...]] = {
    "city": ("Suwon", "Busan", "Daejeon", "Songdo", "Incheon", "Pyeongtaek"),
    "place": ("Itaewon", "Gangnam Station", "Hongdae", "Haeundae", "Pangyo"),
    "device": ("Pixel 10", "iPhone 17", "Galaxy S26"),
    "plan": ("5G Basic", "5G Premier", "Direct 34"),
    "country": ("Japan", "Spain", "Germany", "Vietnam", "Canada"),
    "day": ("yesterday", "this morning", "Monday"),
    "soon": ("tomorrow", "on Friday", "next week"),
    "n": ("3", "4", "6", "15", "25", "40"),
    "won": ("8,800", "33,000", "54,900"),
}
NAMES = (("Daniel Kruger", "dkruger_seoul"), ("Priya Nair", "priya_in_korea"), ("Tom Whitfield", "tomwhit"),
         ("Linh Tran", "linh_tr"), ("Emily Rossi", "emilyrossi_"), ("Marcus Lee", "marcus_l33"),
         ("Sophie Martin", "sophie_mtn"), ("Bat-Erdene", "baterdene_ub"))  # fmt: skip
