/** Embeddings of texts: requests of many clients, encoded together. */
@NullMarked
package dev.lora4j.server.embedding;

import org.jspecify.annotations.NullMarked;
