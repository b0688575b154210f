/**
 * The seam between the faces of the server and its HTTP engine: requests, answers, event streams
 * and routes. Only the classes whose names begin with Jetty know the engine.
 */
@NullMarked
package dev.lora4j.server.http;

import org.jspecify.annotations.NullMarked;
