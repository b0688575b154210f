/**
 * What values are hashed by, so that files, caches and runs know again what they were made of:
 * texts whose names never change, and the digest of them.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.identity;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
