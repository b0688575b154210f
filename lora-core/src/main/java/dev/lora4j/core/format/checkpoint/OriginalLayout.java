package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.format.BaseFamily;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.NativeName;
import dev.lora4j.core.format.NativePlacements;
import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A checkpoint in one file, in the layout that its family was first published in. */
final class OriginalLayout {
  private static final String WEIGHT = "weight";
  private static final String BIAS = "bias";
  private static final String DENOISER = "diffusion_model.";

  private final Map<String, TensorInfo> tensors;
  private final String part;
  private final NativePlacements denoiser;
  private final Family family;
  private final BaseFamily names;

  private OriginalLayout(
      Map<String, TensorInfo> tensors, String part, String prefix, Family family) {
    this.tensors = tensors;
    this.part = part;
    this.family = family;
    this.names = Families.of(family.name()).orElseThrow();
    this.denoiser = new NativePlacements(family, names, part, prefix);
  }

  /** The layout of these tensors; empty if they are of no known family in such a layout. */
  static Optional<OriginalLayout> of(Map<String, TensorInfo> tensors, String part) {
    for (String prefix : NativePlacements.PREFIXES) {
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
        .filter(p -> tensors.containsKey(p.tensor()) && usable(p))
        .findFirst();
  }

  private boolean usable(Placement placement) {
    TensorInfo info = Optional.ofNullable(tensors.get(placement.tensor())).orElseThrow();
    return SiteShapes.weights(info.dtype()) && placement.fits(info.shape());
  }

  private Shape shape(Placement placement) {
    return Optional.ofNullable(tensors.get(placement.tensor())).orElseThrow().shape();
  }

  private List<Placement> candidates(NativeName name, Site site, String parameter) {
    if (!name.path().startsWith(DENOISER)) {
      return names.textEncoder(family.name(), part, name.path(), parameter, site.out());
    }
    return denoiser.of(site.name(), parameter);
  }
}
