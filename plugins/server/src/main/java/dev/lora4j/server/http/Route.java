package dev.lora4j.server.http;

/**
 * Which requests a handler answers.
 *
 * @param method the method in upper case; {@code GET} is for {@code HEAD} too
 * @param pattern a path whose segments may be names in braces: {@code /v1/models/{id}}
 */
public record Route(String method, String pattern, HttpHandler handler) {}
