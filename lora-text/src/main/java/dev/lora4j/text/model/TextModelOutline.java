package dev.lora4j.text.model;

import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.text.gguf.GgufLayers;
import dev.lora4j.text.network.EncoderNetwork;
import dev.lora4j.text.network.LanguageNetwork;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Outline of a folder's {@link TextModel} before anything is loaded: its network, its classes and
 * the layers that adapters can change. Configurations and headers of weights are read; no engine is
 * needed.
 */
public final class TextModelOutline {
  private TextModelOutline() {}

  /**
   * The network of a model with its sizes.
   *
   * @throws dev.lora4j.core.model.ModelException if it is no such model
   */
  public static LanguageNetwork network(Path folder) {
    try (ModelFiles files = ModelFiles.open(folder)) {
      return ClassifierHead.saved(files.family(), files.config());
    }
  }

  /**
   * The network of a model as it is loaded with options.
   *
   * @throws dev.lora4j.core.model.ModelException as there, and if the context does not fit
   */
  public static LanguageNetwork network(Path folder, TextLoadOptions options) {
    try (ModelFiles files = ModelFiles.open(folder)) {
      return ClassifierHead.saved(files.family(), options.configure(files.config()));
    }
  }

  /**
   * The network of a model for vectors of texts, as {@link TextModel#loadEncoder} loads it.
   *
   * @throws dev.lora4j.core.model.ModelException if it is no such model
   */
  public static LanguageNetwork encoder(Path folder) {
    try (ModelFiles files = ModelFiles.open(folder)) {
      return ClassifierHead.encoder(files.family(), files.config());
    }
  }

  /**
   * Class names of the head; none if the model has no head for classes of texts.
   *
   * @throws dev.lora4j.core.model.ModelException if it is no such model
   */
  public static List<String> labels(Path folder) {
    ConfigFile config = ModelFiles.config(folder);
    return TextFamilies.of(config).network(config) instanceof EncoderNetwork encoder
            && !encoder.perToken()
        ? encoder.labels()
        : List.of();
  }

  /**
   * Class names of the head for tokens; none if the model has no such head.
   *
   * @throws dev.lora4j.core.model.ModelException if it is no such model
   */
  public static List<String> tags(Path folder) {
    return ClassLabels.ofTokens(ModelFiles.config(folder));
  }

  /**
   * The layers that adapters of a model can change: all that its network has, also where the folder
   * lacks the weight.
   *
   * @param title name of the base
   * @param labels number of classes of its head; 0 for the head of the folder
   * @throws dev.lora4j.core.model.ModelException if it is no such model
   */
  public static Family layers(Path folder, String title, int labels) {
    ConfigFile config = ModelFiles.config(folder);
    TextFamily family = TextFamilies.of(config);
    return layers(
        config,
        title,
        labels == 0
            ? ClassifierHead.saved(family, config)
            : new ClassifierHead(labels, 0).network(family, config));
  }

  /**
   * The layers of a model with a new head, as {@link #layers(Path, String, int)} has them.
   *
   * @throws dev.lora4j.core.model.ModelException if it is no such model
   */
  public static Family layers(Path folder, String title, ClassifierHead head) {
    ConfigFile config = ModelFiles.config(folder);
    return layers(config, title, head.network(TextFamilies.of(config), config));
  }

  /**
   * The layers of a model for vectors of texts, as {@link #layers(Path, String, int)} has them.
   *
   * @throws dev.lora4j.core.model.ModelException if it is no such model
   */
  public static Family encoderLayers(Path folder, String title) {
    ConfigFile config = ModelFiles.config(folder);
    return layers(config, title, ClassifierHead.encoder(TextFamilies.of(config), config));
  }

  private static Family layers(ConfigFile config, String title, LanguageNetwork network) {
    Map<String, Site> sites = new LinkedHashMap<>();
    SiteAdapters collecting =
        (site, x, y) -> {
          sites.put(site.name(), site);
          return y;
        };
    Network.walk(
        TextModel.MODEL,
        DType.F32,
        (graph, weights) -> {
          network.walk(weights.apply(collecting), DType.F32);
          return List.of();
        });
    SiteCatalogue all = TextModel.catalogue(List.copyOf(sites.values()), TextFamilies.of(config));
    return Family.of(title, all).withGguf(GgufLayers.of(config, all, TextModel.MODEL + "."));
  }
}
