package dev.lora4j.core.model;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.spi.NearestNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Comparison of the weights that networks request with those of a checkpoint. It gathers all
 * misfits, so that one message reports them all.
 */
final class WeightFit {
  /** Number of missing weights that get suggestions of the nearest names. */
  private static final int LOOKED_UP = 40;

  private final Path origin;
  private final Set<Missing> missing = new LinkedHashSet<>();
  private final List<String> shapes = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();
  private final Set<String> unclaimed = new LinkedHashSet<>();

  private record Missing(String name, Shape shape) {}

  WeightFit(Path origin) {
    this.origin = origin;
  }

  /**
   * Finds the weights of one network.
   *
   * @param tensors what there is
   * @param places where a weight may lie, likeliest first
   * @param label put before names in messages, for example {@code vae/}
   * @return where each of them lies that there is
   */
  Map<String, StoredWeight> find(
      String label,
      Map<String, TensorInfo> tensors,
      List<Parameter> wanted,
      Function<Parameter, List<Placement>> places) {
    Map<String, StoredWeight> found = new LinkedHashMap<>();
    for (Parameter parameter : wanted) {
      List<Placement> candidates = places.apply(parameter);
      Optional<Placement> there =
          candidates.stream().filter(p -> tensors.containsKey(p.tensor())).findFirst();
      there
          .flatMap(p -> Optional.ofNullable(tensors.get(p.tensor())))
          .ifPresentOrElse(
              info ->
                  place(label, parameter, there.orElseThrow(), info)
                      .ifPresent(w -> found.put(parameter.name(), w)),
              () -> missing.add(missing(label, candidates.get(0), parameter.shape())));
    }
    return found;
  }

  /** Several layers may be rows of one tensor, which is missing once. */
  private static Missing missing(String label, Placement placement, Shape wanted) {
    return new Missing(
        label + placement.tensor(),
        placement.rows().map(r -> wanted.with(0, r.of())).orElse(wanted));
  }

  private Optional<StoredWeight> place(
      String label, Parameter parameter, Placement placement, TensorInfo info) {
    Shape wanted = parameter.shape();
    String name = label + info.name();
    if (!numbers(info.dtype())) {
      shapes.add(name + " is stored as " + info.dtype() + ", which is no type of weights");
      return Optional.empty();
    }
    if (!placement.fits(info.shape()) || !same(placement.shape(info.shape()), wanted)) {
      shapes.add(
          name
              + " is "
              + info.shape()
              + ", expected "
              + placement
                  .rows()
                  .map(r -> wanted.with(0, r.of()))
                  .orElse(
                      placement.transposed() ? Shape.of(wanted.size(1), wanted.size(0)) : wanted));
      return Optional.empty();
    }
    long row = wanted.elements() / wanted.size(0);
    long from = placement.rows().map(Placement.Rows::from).orElse(0L) * row;
    return Optional.of(
        new StoredWeight(info.name(), from, wanted, placement.transposed(), placement.swapped()));
  }

  private static boolean numbers(DType type) {
    return switch (type) {
      case F32, F16, BF16, F64, F8_E4M3, F8_E5M2, F8_E4M3FNUZ, F8_E5M2FNUZ -> true;
      default -> false;
    };
  }

  /** Equal but for ones at the end: a 1x1 convolution is a linear layer. */
  private static boolean same(Shape found, Shape wanted) {
    int common = Math.min(found.rank(), wanted.rank());
    for (int d = 0; d < Math.max(found.rank(), wanted.rank()); d++) {
      long a = d < found.rank() ? found.size(d) : 1;
      long b = d < wanted.rank() ? wanted.size(d) : 1;
      if (a != b) {
        return false;
      }
    }
    return common > 0 || found.rank() == wanted.rank();
  }

  /** Notes tensors that must not be there, and all unclaimed ones. */
  void leftOver(String label, List<String> nobodyAskedFor, List<String> mustNotBe) {
    nobodyAskedFor.forEach(n -> unclaimed.add(label + n));
    mustNotBe.forEach(n -> unknown.add(label + n));
  }

  /**
   * Ends well if everything fits.
   *
   * @throws ModelException with all that does not
   */
  void require() {
    if (missing.isEmpty() && shapes.isEmpty() && unknown.isEmpty()) {
      return;
    }
    List<String> counts = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    if (!missing.isEmpty()) {
      counts.add(many(missing.size()) + " missing");
      int looked = 0;
      for (Missing m : missing) {
        List<String> near =
            looked++ < LOOKED_UP ? NearestNames.near(m.name(), unclaimed, 1) : List.of();
        lines.add(
            "  missing: "
                + m.name()
                + " "
                + m.shape()
                + (near.isEmpty() ? "" : " (nearest there: " + near.get(0) + ")"));
      }
    }
    if (!shapes.isEmpty()) {
      counts.add(many(shapes.size()) + " of another shape or type");
      shapes.forEach(s -> lines.add("  other: " + s));
    }
    if (!unknown.isEmpty()) {
      counts.add(many(unknown.size()) + " not known");
      unknown.forEach(u -> lines.add("  not known: " + u));
    }
    throw new ModelException(
        origin
            + " does not fit the model that its configuration describes: "
            + String.join(", ", counts)
            + ". It is damaged, or of another architecture.\n"
            + String.join("\n", lines));
  }

  private static String many(int count) {
    return count + (count == 1 ? " weight is" : " weights are");
  }
}
