/**
 * Canonical texts and digests of values, by which files, caches and runs recognise their sources.
 * The names in the texts never change.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.identity;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
