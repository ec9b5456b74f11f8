<?php
// Run once from the command line: installs the blog, its users and their application passwords; prints JSON.
$address = parse_url(getenv('BLOG_URL'));
$_SERVER += [
    'HTTP_HOST' => $address['host'] . ':' . $address['port'],
    'SERVER_NAME' => $address['host'],
    'SERVER_PORT' => $address['port'],
    'SERVER_PROTOCOL' => 'HTTP/1.1',
    'REQUEST_METHOD' => 'GET',
    'REQUEST_URI' => '/',
    'REMOTE_ADDR' => '127.0.0.1',
];
define('WP_INSTALLING', true);
chdir(getenv('BLOG_ROOT'));
require 'wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';
wp_install('Corporate blog', 'admin', 'admin@example.com', true, '', 'admin-sign-in');
$options = [
    'timezone_string' => getenv('BLOG_TIME_ZONE'),
    'comment_moderation' => 0,
    'comment_previously_approved' => 0,
    'default_comment_status' => 'open',
    'default_ping_status' => 'open',
    'default_pingback_flag' => 1,
    'require_name_email' => 1,
    'thread_comments' => 1,
    'thread_comments_depth' => 5,
];
foreach ($options as $name => $value) {
    update_option($name, $value);
}
global $wp_rewrite;
$wp_rewrite->init();
$wp_rewrite->set_permalink_structure('/%year%/%monthnum%/%postname%/');
flush_rewrite_rules(false);
$users = [];
foreach (['admin' => 'administrator', 'editor' => 'editor', 'author' => 'author', 'subscriber' => 'subscriber'] as $name => $role) {
    $id = username_exists($name) ?: wp_insert_user([
        'user_login' => $name,
        'user_pass' => "$name-sign-in",
        'user_email' => "$name@example.com",
        'role' => $role,
        'display_name' => ucfirst($name) . " O'Brien & Co",
    ]);
    [$password] = WP_Application_Passwords::create_new_application_password($id, ['name' => 'console']);
    $users[$name] = WP_Application_Passwords::chunk_password($password);
}
echo json_encode(['url' => getenv('BLOG_URL'), 'version' => $GLOBALS['wp_version'], 'users' => $users]);
