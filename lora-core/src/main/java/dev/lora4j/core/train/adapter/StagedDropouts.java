package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.SiteDropout;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.SeededNumbers;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The dropouts of a program. What is dropped is a function of seed, step, layer and position, so
 * that a step repeated is the same step and nothing needs to be saved to resume.
 */
final class StagedDropouts {
  private static final double ROWS_OF_A_STEP = 0x1p24;

  /** Stream of module dropout; each use of a layer has the next three. */
  private static final int MODULE = 0;

  private static final int STREAMS = 3;

  private final Graph graph;
  private final Dropouts dropouts;
  private final int layers;
  private final Expr seed;
  private final Expr firstRow;
  private final Optional<Expr> modules;

  /**
   * Declares the inputs.
   *
   * @param layers how many layers are trained
   */
  StagedDropouts(Graph graph, Dropouts dropouts, int layers) {
    this.graph = graph;
    this.dropouts = dropouts;
    this.layers = layers;
    seed = graph.input("dropout_seed", DType.I64, Shape.of());
    firstRow = graph.input("dropout_step", DType.I64, Shape.of()).mul(ROWS_OF_A_STEP);
    // Drawn at once for all layers, and outside of segments that run twice.
    modules =
        dropouts.module() == 0
            ? Optional.empty()
            : Optional.of(
                numbers(Dim.of(1), MODULE)
                    .bernoulli(dropouts.module(), Dim.of(layers))
                    .not()
                    .to(DType.F32));
  }

  /** The values of the inputs. */
  static List<Tensor> inputs(Scope scope, long seed, long step) {
    return List.of(
        Tensor.ofLongs(scope, Shape.of(), seed), Tensor.ofLongs(scope, Shape.of(), step));
  }

  private SeededNumbers numbers(Dim rows, int stream) {
    Expr positions = Constants.arange(graph, DType.I64, rows);
    return SeededNumbers.of(seed, positions.add(firstRow)).stream(stream);
  }

  /**
   * The dropouts of a layer. Each use of it draws anew; a module that is left out is left out of
   * all.
   */
  SiteDropout at(int index, int use) {
    return new AtSite(index, index + use * layers);
  }

  private final class AtSite implements SiteDropout {
    private final int index;
    private final int place;

    AtSite(int index, int place) {
      this.index = index;
      this.place = place;
    }

    private SeededNumbers draw(DropoutKind kind, Dim rows) {
      return numbers(rows, 1 + STREAMS * place + kind.stream());
    }

    @Override
    public boolean dropsInput() {
      return dropouts.input() > 0;
    }

    @Override
    public Expr input(Expr x) {
      return dropsInput() ? draw(DropoutKind.INPUT, x.dim(0)).dropout(x, dropouts.input()) : x;
    }

    @Override
    public Expr directions(Site site, Expr inner) {
      Expr kept = inner;
      if (dropouts.network() > 0) {
        kept = draw(DropoutKind.NETWORK, inner.dim(0)).dropout(kept, dropouts.network());
      }
      if (dropouts.rank() > 0) {
        Dim directions = inner.dim(site.convolution() ? 1 : inner.shape().rank() - 1);
        Expr dropped = draw(DropoutKind.RANK, inner.dim(0)).bernoulli(dropouts.rank(), directions);
        kept =
            kept.mul(1 / (1 - dropouts.rank()))
                .maskedFill(LayerMath.perChannel(site, dropped, inner), 0);
      }
      return kept;
    }

    @Override
    public Expr rows(Site site, Expr delta) {
      if (dropouts.rank() == 0) {
        return delta;
      }
      long[] shape = new long[delta.shape().rank()];
      Arrays.fill(shape, 1);
      shape[0] = site.out();
      return delta.maskedFill(droppedRows(site).reshape(shape), 0);
    }

    @Override
    public Expr outputs(Site site, Expr y) {
      return dropouts.rank() == 0 ? y : y.maskedFill(droppedRows(site).reshape(site.out()), 0);
    }

    private Expr droppedRows(Site site) {
      return draw(DropoutKind.RANK, Dim.of(1)).bernoulli(dropouts.rank(), Dim.of(site.out()));
    }

    @Override
    public Optional<Expr> module() {
      return modules.map(all -> all.slice(1, index, index + 1).reshape(new long[0]));
    }
  }
}
