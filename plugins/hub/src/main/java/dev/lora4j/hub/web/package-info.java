/** Requests over HTTPS: redirects by hand, tokens for their own host alone, retries, addresses. */
@API(status = API.Status.INTERNAL, since = "0.1")
@NullMarked
package dev.lora4j.hub.web;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
