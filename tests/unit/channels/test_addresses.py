"""What an address names, and which addresses may be where an account is reached."""

import pytest

from channels.addresses import fault_of_base, id_in, id_of_post


@pytest.mark.parametrize(
    ("kind", "given", "found"),
    [
        ("x", "https://x.com/hanbit/status/1790000000000000001?s=20", "1790000000000000001"),
        ("x", "1790000000000000001", "1790000000000000001"),
        ("x", "https://x.com/hanbit", ""),
        ("facebook", "https://www.facebook.com/p/posts/2?comment_id=3", "9_3"),
        ("facebook", "https://facebook.com/p/posts/2?comment_id=3&reply_comment_id=4", "9_4"),
        ("facebook", "https://facebook.com/p/posts/2", ""),
        ("blog", "https://blog.example/hello/#comment-12", "12"),
        ("blog", "https://blog.example/hello/", ""),
        ("x", "https://[broken/status/1", ""),
    ],
)
def test_the_address_of_an_answer_names_it(kind, given, found):
    assert id_in(given, kind=kind, thread="7_9") == found


@pytest.mark.parametrize(
    ("kind", "given", "found"),
    [
        ("x", "https://x.com/i/status/1790000000000000001", "1790000000000000001"),
        ("facebook", "https://www.facebook.com/hanbit/posts/22", "7_22"),
        ("facebook", "https://www.facebook.com/permalink.php?story_fbid=22&id=7", "7_22"),
        ("facebook", "https://www.facebook.com/7_22", "7_22"),
        ("facebook", "https://www.facebook.com/hanbit/posts/pfbid02abc", ""),
        ("facebook", "7_22", "7_22"),
        ("blog", "https://blog.example/?p=12", "post:12"),
        ("blog", "https://blog.example/wp-admin/post.php?post=12&action=edit", "post:12"),
        ("blog", "https://blog.example/2026/11/hello/", ""),
        ("blog", "post:12", "post:12"),
        ("blog", "https://[broken?p=12", ""),
    ],
)
def test_the_address_of_a_post_names_it(kind, given, found):
    assert id_of_post(given, kind=kind, owner="7") == found


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://blog.example", ""),
        ("http://blog.example:8080/wp/", ""),
        ("https://blog.example/?feed=comments-rss2", ""),
        ("https://한빛.example", ""),
        ("https://[2606:2800:220:1:248:1893:25c8:1946]/", ""),
        ("ftp://blog.example", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("//blog.example", "scheme"),
        ("blog.example", "scheme"),
        ("https://", "host"),
        ("https:///path", "host"),
        ("https://[::1", "host"),
        ("https://blog.example:port", "host"),
        ("https://blog.example\\@evil.example", "host"),
        ("https://blog.exa\nmple", "host"),
        ("https://blog example", "host"),
        ("https://me:secret@blog.example", "credentials"),
        ("https://me@blog.example", "credentials"),
        ("https://@blog.example", "credentials"),
        ("https://blog.example/#top", "fragment"),
        ("https://blog.example/#", "fragment"),
    ],
)
def test_only_plain_web_addresses_may_be_connected(address, fault):
    for allow_private in (True, False):
        assert fault_of_base(address, allow_private=allow_private) == fault


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:8001",
        "http://LOCALHOST",
        "http://localhost.",
        "http://api.localhost",
        "http://127.0.0.1",
        "http://127.1",
        "http://2130706433",
        "http://0x7f000001",
        "http://10.1.2.3",
        "http://192.168.0.10/wp",
        "http://169.254.169.254/latest/meta-data/",
        "http://0.0.0.0",
        "http://[::1]",
        "http://[::ffff:10.0.0.1]",
        "http://[fe80::1]",
        "http://[fd00::1]",
    ],
)
def test_plainly_private_hosts_need_the_setting(address):
    assert fault_of_base(address, allow_private=False) == "private"
    assert fault_of_base(address, allow_private=True) == ""
