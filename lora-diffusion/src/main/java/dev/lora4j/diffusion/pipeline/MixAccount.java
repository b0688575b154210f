package dev.lora4j.diffusion.pipeline;

import java.util.ArrayList;
import java.util.List;

/**
 * How a picture's adapters took part.
 *
 * @param route {@code none}, {@code patched} or {@code beside}
 * @param notes what went otherwise than the request may have expected, for people
 */
record MixAccount(String route, List<String> notes) {
  MixAccount {
    notes = List.copyOf(notes);
  }

  static MixAccount of(MixedNetworks networks, Denoising denoising, int picture) {
    List<String> notes = new ArrayList<>();
    List<String> inside = networks.insideAfterAll(picture);
    if (!inside.isEmpty()) {
      notes.add(
          "inside the weights, for want of a form beside them or because what follows acts on them: "
              + String.join(", ", inside));
    }
    List<String> leftOut = networks.leftOut(picture);
    if (!leftOut.isEmpty()) {
      notes.add(
          "in a region alone, so what has no place in the picture, such as the time, is without"
              + " these adapters: "
              + String.join(", ", leftOut));
    }
    int together = denoising.place(picture)[0];
    if (denoising.runs() > 1) {
      notes.add(
          "the batch was denoised in "
              + denoising.runs()
              + " groups, as its pictures differ inside the weights or in the length of their"
              + " texts; this picture's group has "
              + together);
    }
    return new MixAccount(networks.route(picture), notes);
  }
}
