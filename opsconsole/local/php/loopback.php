<?php
// What WordPress needs to live on the loopback alone; REST, feeds and pings stay as they are.
add_filter('wp_is_application_passwords_available', '__return_true');  // there is no https here
add_filter('pre_wp_mail', '__return_true');                            // and no mail server
add_filter('http_request_host_is_external', '__return_true');          // pings may name this machine
add_filter('comment_flood_filter', '__return_false');                  // every test writes from one address
add_filter('http_allowed_safe_ports', fn ($ports) => array_merge($ports, range(1024, 65535)));
