package dev.lora4j.flow.layer;

import dev.lora4j.core.tensor.Expr;

/**
 * The two streams of a transformer.
 *
 * @param picture [batch, places, width]
 * @param words [batch * contexts, words, width], the texts of a row one after the other
 */
public record Streams(Expr picture, Expr words) {}
