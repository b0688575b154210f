package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.format.BaseFamily;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A checkpoint in one file, in the layout that its family was first published in. */
final class OriginalLayout {
  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";
  private static final int QUERIES_KEYS_VALUES = 3;
  private static final String DENOISER = "diffusion_model.";

  /** Key prefixes of denoisers: whole checkpoints, ComfyUI's parts, bare files. */
  private static final List<String> DENOISERS = List.of("model.diffusion_model.", DENOISER, "");

  private final Map<String, TensorInfo> tensors;
  private final String part;
  private final String denoiser;
  private final Family family;
  private final BaseFamily names;

  /** Rows of native layers that are several sites. */
  private final Map<String, Long> fused = new HashMap<>();

  private OriginalLayout(
      Map<String, TensorInfo> tensors, String part, String denoiser, Family family) {
    this.tensors = tensors;
    this.part = part;
    this.denoiser = denoiser;
    this.family = family;
    this.names = Families.of(family.name()).orElseThrow();
    for (NativeName name : family.natives()) {
      name.rows().ifPresent(r -> fused.merge(name.path(), r.count(), Long::sum));
    }
  }

  /** The layout of these tensors; empty if they are of no known family in such a layout. */
  static Optional<OriginalLayout> of(Map<String, TensorInfo> tensors, String part) {
    for (String prefix : DENOISERS) {
      Optional<Family> family = Families.original(tensors, prefix);
      if (family.isPresent()) {
        return Optional.of(new OriginalLayout(tensors, part, prefix, family.get()));
      }
    }
    return Optional.empty();
  }

  Family family() {
    return family;
  }

  /** The family's sites that the checkpoint has, with the shapes that they have there. */
  List<CheckpointLayer> layers() {
    List<CheckpointLayer> layers = new ArrayList<>();
    for (NativeName name : family.natives()) {
      Site site = family.sites().find(name.site()).orElseThrow();
      first(name, site, WEIGHT).flatMap(weight -> layer(name, site, weight)).ifPresent(layers::add);
    }
    return layers;
  }

  private Optional<CheckpointLayer> layer(NativeName name, Site site, Placement weight) {
    Shape shape = weight.shape(shape(weight));
    Optional<Placement> bias =
        (site.bias() ? first(name, site, BIAS) : Optional.<Placement>empty())
            .filter(b -> b.shape(shape(b)).equals(Shape.of(shape.size(0))));
    return SiteShapes.possible(site.kind(), shape)
        ? Optional.of(
            new CheckpointLayer(SiteShapes.with(site, shape, bias.isPresent()), weight, bias))
        : Optional.empty();
  }

  private Optional<Placement> first(NativeName name, Site site, String parameter) {
    return candidates(name, site, parameter).stream()
        .filter(p -> tensors.containsKey(p.tensor()) && usable(name, site, p))
        .findFirst();
  }

  private boolean usable(NativeName name, Site site, Placement placement) {
    TensorInfo info = Optional.ofNullable(tensors.get(placement.tensor())).orElseThrow();
    // Rows of a model of another width would be other rows.
    long rows = fused.getOrDefault(name.path(), QUERIES_KEYS_VALUES * site.out());
    boolean whole = placement.rows().isEmpty() || info.shape().size(0) == rows;
    return SiteShapes.weights(info.dtype()) && placement.fits(info.shape()) && whole;
  }

  private Shape shape(Placement placement) {
    return Optional.ofNullable(tensors.get(placement.tensor())).orElseThrow().shape();
  }

  private List<Placement> candidates(NativeName name, Site site, String parameter) {
    if (!name.path().startsWith(DENOISER)) {
      return names.textEncoder(family.name(), part, name.path(), parameter, site.out());
    }
    String path = denoiser + name.path().substring(DENOISER.length()) + ".";
    return names.parameterNames(site, parameter).stream()
        .map(named -> new Placement(part, path + named, name.rows(), false, name.swapped()))
        .toList();
  }
}
