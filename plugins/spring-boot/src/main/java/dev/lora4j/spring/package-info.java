/**
 * Pictures, chats and embeddings as models of Spring AI, configured by properties of Spring Boot.
 */
@API(status = API.Status.EXPERIMENTAL)
@NullMarked
package dev.lora4j.spring;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
