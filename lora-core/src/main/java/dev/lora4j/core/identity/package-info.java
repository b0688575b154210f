/**
 * Canonical texts and digests of values, by which files, caches and runs know again what they were
 * made of. The names in the texts never change.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.identity;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
