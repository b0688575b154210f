package dev.lora4j.mixers.steps;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.lowrank.SumRequirements;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The layers at which a content and a style both change the weight, and how much.
 *
 * @param gamma what the content's numbers are divided by
 */
record CompetingLayers(List<Layer> layers, double gamma) {
  /** Magnitudes of both adapters at a layer. */
  record Layer(String site, Magnitudes.Sums content, Magnitudes.Sums style) {
    /** True if the style wins the layer with this gamma and scale. */
    boolean isStyle(double gamma, double scale) {
      return content.greatest() / gamma <= style.greatest() * scale;
    }
  }

  /** Surveys all layers of the denoiser that both change. */
  static CompetingLayers of(
      MixPlan.Part content,
      MixPlan.Part style,
      SiteCatalogue sites,
      AdapterDeltas changes,
      KLoraGamma gamma) {
    List<Layer> layers = new ArrayList<>();
    SortedSet<String> common = new TreeSet<>(denoiser(content));
    common.retainAll(denoiser(style));
    for (String name : common) {
      Site site = SumRequirements.site(content.adapter(), name, byName(sites, name));
      long k = rank(content.adapter(), site) * rank(style.adapter(), site);
      if (k > 0) {
        Magnitudes magnitudes = new Magnitudes(Math.min(k, site.out() * site.rest()));
        layers.add(
            new Layer(
                name,
                Magnitudes.sums(changes.at(content.adapter(), name, magnitudes)),
                Magnitudes.sums(changes.at(style.adapter(), name, magnitudes))));
      }
    }
    return new CompetingLayers(List.copyOf(layers), gamma.of(layers));
  }

  private static Map<String, Site> byName(SiteCatalogue sites, String name) {
    return sites.find(name).map(site -> Map.of(name, site)).orElse(Map.of());
  }

  /** Layers of the denoiser, which runs in each step, that an adapter changes. */
  private static SortedSet<String> denoiser(MixPlan.Part part) {
    if (part.area().isPresent()) {
      throw new IllegalArgumentException(
          "k-lora chooses an adapter for the whole picture, and "
              + part.adapter().name()
              + " counts in a part of it; take its region away");
    }
    SortedSet<String> names = new TreeSet<>(part.adapter().sites().keySet());
    names.removeIf(name -> name.startsWith("text_encoder") || part.shares().at(name) == 0);
    return names;
  }

  /** The rank of an adapter's change of a weight; 0 if it does not change it. */
  private static long rank(Adapter adapter, Site site) {
    long sum = 0;
    for (Factors factors : adapter.at(site.name())) {
      AdditiveMethod method =
          SumRequirements.method(adapter, site.name(), factors, "k-lora cannot compare it");
      if (method.target(factors.structure()) == LayerParameter.WEIGHT) {
        sum +=
            method
                .rank(site, factors.structure())
                .orElseThrow(
                    () ->
                        new IllegalArgumentException(
                            "k-lora goes by ranks, and "
                                + adapter.name()
                                + " has "
                                + factors.method()
                                + " at "
                                + site.name()
                                + ", which has none"));
      }
    }
    return sum;
  }

  /** Their names. */
  SortedSet<String> sites() {
    SortedSet<String> names = new TreeSet<>();
    layers.forEach(l -> names.add(l.site()));
    return names;
  }

  /**
   * The layers by what they do in each step: true where they are the style's.
   *
   * @param scales what the style counts in each step
   */
  Map<List<Boolean>, SortedSet<String>> courses(double... scales) {
    Map<List<Boolean>, SortedSet<String>> all = new LinkedHashMap<>();
    for (Layer layer : layers) {
      List<Boolean> course = new ArrayList<>();
      for (double scale : scales) {
        course.add(layer.isStyle(gamma, scale));
      }
      all.computeIfAbsent(course, c -> new TreeSet<>()).add(layer.site());
    }
    return all;
  }
}
