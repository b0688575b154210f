/**
 * Metadata and hashes of files: hashes by which tools identify them, and the strings in their
 * headers.
 */
@API(status = API.Status.EXPERIMENTAL, since = "0.1")
@NullMarked
package dev.lora4j.core.format.metadata;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
