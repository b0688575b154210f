package dev.lora4j.flow.zimage;

import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.flow.layer.AxialRotary;
import java.util.List;

/**
 * Positions of tokens on three axes. Those of a text count from 1 on the first; a picture stands
 * behind its text there, and has rows and columns on the others. What fills up a picture is at 0.
 *
 * @param rotary the axes
 * @param captions lengths of the texts
 * @param rows rows of the picture's tokens
 * @param columns columns of the picture's tokens
 */
record Positions(AxialRotary rotary, Captions captions, Dim rows, Dim columns) {
  /** Rotation of the tokens of texts. */
  AxialRotary.Rotation text() {
    Expr along = counted(captions.tokens(), 1).unsqueeze(0);
    Expr none = along.mul(0);
    return rotation(List.of(along, none, none));
  }

  /** Rotation of what fills up the picture, and its tokens row by row behind that. */
  AxialRotary.Rotation picture() {
    Expr behind = captions.filled().add(1).to(DType.F64).mul(ones());
    return rotation(List.of(filled(behind), filled(downwards()), filled(across())));
  }

  /** Rotation of texts, what fills up the picture, and the picture. */
  AxialRotary.Rotation all() {
    return text().followedBy(picture());
  }

  /** [1, places] */
  private Expr ones() {
    return Constants.ones(graph(), DType.F64, Dim.of(1), rows.times(columns));
  }

  private Expr downwards() {
    return counted(rows, 0).unsqueeze(1).expand(rows, columns).flatten(0, 1).unsqueeze(0);
  }

  private Expr across() {
    return counted(columns, 0).unsqueeze(0).expand(rows, columns).flatten(0, 1).unsqueeze(0);
  }

  /** Positions of all texts' pictures with 0 before them: [texts, fillers + places]. */
  private Expr filled(Expr places) {
    Dim texts = captions.length().dim(0);
    Expr all = places.expand(texts, places.dim(1));
    Dim missing = Captions.missing(rows.times(columns));
    return ShapeOps.cat(List.of(Constants.zeros(graph(), DType.F64, texts, missing), all), 1);
  }

  /** Rounded as diffusers' table of them is. */
  private AxialRotary.Rotation rotation(List<Expr> positions) {
    return AxialRotary.Rotation.by(rotary.angles(positions).to(DType.F32).unsqueeze(1));
  }

  private Expr counted(Dim count, double first) {
    return Captions.places(graph(), count).to(DType.F64).add(first);
  }

  private Graph graph() {
    return captions.length().graph();
  }
}
