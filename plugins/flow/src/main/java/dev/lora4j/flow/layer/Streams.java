package dev.lora4j.flow.layer;

import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;

/**
 * The two streams of a transformer.
 *
 * @param picture [batch, places, width]
 * @param words [batch * contexts, words, width], the texts of a row one after the other
 */
public record Streams(Expr picture, Expr words) {
  /**
   * The words of all texts of a row, then its picture: [batch, contexts * words + places, width].
   */
  public Expr joined() {
    return words.reshape(picture.dim(0), Dim.of(-1), picture.dim(2)).cat(1, picture);
  }
}
