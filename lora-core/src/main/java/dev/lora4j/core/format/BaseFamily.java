package dev.lora4j.core.format;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.TensorInfo;
import java.time.YearMonth;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Base models of one structure, such as Stable Diffusion 1 to XL: their layers, the names that
 * layers have in files, and the signs by which files of them are recognised. An extension point;
 * implementations have no state that changes and are used by several threads.
 *
 * <p>All but {@link #released} and {@link #variants} may stay as they are: a family then has no
 * layout of its own beside that of diffusers, and its blocks are numbered as the layers are.
 */
public interface BaseFamily {
  /**
   * Month of first publication. Where an adapter or a checkpoint fits several families equally
   * well, the older one is taken.
   */
  YearMonth released();

  /**
   * The published models, each with layers of its own, older ones first. Their names are unique
   * among all families.
   */
  List<Family> variants();

  /**
   * Entries of kohya's trainer in adapters for a variant; empty if it trains none.
   *
   * @param variant name of one of {@link #variants}
   */
  default Optional<KohyaLabel> label(String variant) {
    return Optional.empty();
  }

  /**
   * Component of a pipeline that a file without prefixes holds, as diffusers saves its denoiser.
   *
   * @param tensors names of all tensors in the file
   * @return the prefix of the component's sites, for example {@code transformer}; empty if the file
   *     holds none of this family
   */
  default Optional<String> component(Set<String> tensors) {
    return Optional.empty();
  }

  /**
   * Variant whose denoiser lies in a file in the layout of first publication, by names and shapes.
   *
   * @param tensors the file's tensors by name
   * @param prefix prefix of the denoiser's tensors, for example {@code model.diffusion_model.}
   * @return name of one of {@link #variants}; empty if it is none of them
   */
  default Optional<String> original(Map<String, TensorInfo> tensors, String prefix) {
    return Optional.empty();
  }

  /**
   * Possible names of a layer's weight or bias in the layout of first publication, likeliest first.
   *
   * @param parameter {@code weight} or {@code bias}
   */
  default List<String> parameterNames(Site site, String parameter) {
    return List.of(parameter);
  }

  /**
   * Possible placements of a text encoder's weight or bias in a checkpoint of one file, likeliest
   * first. Where a placement is rows of a tensor, that tensor has the rows of three such weights.
   *
   * @param variant name of one of {@link #variants}
   * @param part part of the checkpoint that holds the file, see {@link Placement#part}
   * @param path the layer's native path, see {@link NativeName#path}
   * @param parameter {@code weight} or {@code bias}
   * @param rows rows of that weight
   */
  default List<Placement> textEncoder(
      String variant, String part, String path, String parameter, long rows) {
    return List.of(Placement.of(part, path + "." + parameter));
  }

  /**
   * Native names of layers of this structure in any size, for bases that are none of the variants.
   *
   * @return none if the sites are of another structure
   */
  default List<NativeName> natives(SiteCatalogue sites) {
    return List.of();
  }

  /** Blocks of a model of this structure, in any size; empty if it is of another structure. */
  default Optional<BlockScheme> blocks(SiteCatalogue sites) {
    return Optional.empty();
  }
}
