/**
 * The safetensors file format: reading, writing and sharded checkpoints, safe against hostile
 * files.
 *
 * <p>A file is eight bytes of header length (little-endian), that many bytes of JSON, and one byte
 * buffer that the tensors of the header cover without overlap or hole. Nothing in a file is ever
 * executed, and nothing of it is allocated before it was checked.
 */
@API(status = API.Status.MAINTAINED, since = "0.1")
@NullMarked
package dev.lora4j.core.safetensors;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
