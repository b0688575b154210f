/**
 * How GGML packs the numbers of a tensor: blocks of some elements with scales of their own, and
 * what numbers a block stands for.
 *
 * <p>The numbers are those of the reference (gguf 0.19.0 for Python) to the last bit. A scale that
 * is infinite or no number makes infinite numbers and NaN of its block, as it does there; no block
 * is refused for its content.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.core.gguf.block;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
