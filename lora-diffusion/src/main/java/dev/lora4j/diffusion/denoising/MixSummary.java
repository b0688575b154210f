package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.mix.Route;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.Stream;

/**
 * Summary of the adapters of a picture.
 *
 * @param route {@code none}, {@code patched} (merged) or {@code beside} (unmerged)
 * @param notes deviations from the request, for people
 */
public record MixSummary(String route, List<String> notes) {
  /** Copies the notes. */
  public MixSummary {
    notes = List.copyOf(notes);
  }

  /**
   * Summary of a picture.
   *
   * @param pictures in its batch
   * @param idle adapters that count in no step that is made
   */
  static MixSummary of(
      MixedNetworks networks, Denoising denoising, int picture, int pictures, List<String> idle) {
    List<Integer> plans = denoising.plans(picture);
    List<String> notes = new ArrayList<>();
    if (!idle.isEmpty()) {
      notes.add("in none of the steps that are made counts: " + String.join(", ", idle));
    }
    if (plans.size() > 1) {
      notes.add(
          "the denoiser ran for "
              + plans.size()
              + " mixes of the adapters in each step, which is "
              + plans.size()
              + " times the work");
    }
    List<String> inside = ofAll(plans, networks::insideAfterAll);
    if (!inside.isEmpty()) {
      notes.add(
          "inside the weights, for want of a form beside them or because what follows acts on them:"
              + " "
              + String.join(", ", inside));
    }
    List<String> leftOut = ofAll(plans, networks::leftOut);
    if (!leftOut.isEmpty()) {
      notes.add(
          "in a region alone, so what has no place in the picture, such as the time, is without"
              + " these adapters: "
              + String.join(", ", leftOut));
    }
    if (denoising.runs() > 1 && pictures > 1) {
      notes.add(
          "the batch was denoised in "
              + denoising.runs()
              + " groups, as its pictures differ inside the weights or in the length of their"
              + " texts; this picture's group has "
              + denoising.together(picture));
    }
    List<String> routes = ofAll(plans, plan -> List.of(networks.route(plan)));
    String route =
        Stream.of(Route.UNMERGED, Route.MERGED)
            .map(Route::recorded)
            .filter(routes::contains)
            .findFirst()
            .orElse("none");
    return new MixSummary(route, notes);
  }

  private static List<String> ofAll(List<Integer> plans, IntFunction<List<String>> of) {
    return plans.stream().flatMap(plan -> of.apply(plan).stream()).distinct().toList();
  }
}
