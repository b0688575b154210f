/**
 * The GGUF file format of llama.cpp: reading of headers, metadata and tensors, safe against hostile
 * files, and writing of small ones.
 *
 * <p>A file is a header of typed entries and descriptions of tensors, and the tensors after it,
 * each at a multiple of the file's alignment. All rules of the format are checked when a file is
 * opened; nothing is allocated for what a header claims before the bytes are there.
 */
@API(status = API.Status.INTERNAL)
@NullMarked
package dev.lora4j.core.gguf;

import org.apiguardian.api.API;
import org.jspecify.annotations.NullMarked;
