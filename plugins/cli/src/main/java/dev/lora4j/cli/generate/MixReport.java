package dev.lora4j.cli.generate;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.StepWindow;
import dev.lora4j.core.mix.Weight;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Report of the adapters that took part in pictures. */
final class MixReport {
  private MixReport() {}

  /** One line for each adapter. */
  static List<String> lines(List<MixPlan.Part> parts) {
    List<String> lines = new ArrayList<>();
    for (MixPlan.Part part : parts) {
      lines.add(
          part.adapter().name()
              + " weight "
              + weight(part.weight())
              + part.text().map(w -> ", at the text encoders " + w).orElse("")
              + (part.shares().all() ? "" : ", by blocks " + part.shares().text())
              + part.area().map(a -> ", within " + a.name()).orElse("")
              + ", identity "
              + part.adapter().identity());
    }
    return lines;
  }

  private static String weight(Weight weight) {
    if (weight instanceof StepWindow window) {
      return window.value()
          + (window.constant()
              ? ""
              : String.format(
                  Locale.ROOT,
                  " at %.0f-%.0f %% of the steps",
                  100 * window.from(),
                  100 * window.to()));
    }
    return weight.text();
  }

  /** The same for programs. */
  static List<Map<String, Object>> json(List<MixPlan.Part> parts, Map<String, Path> files) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (MixPlan.Part part : parts) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", part.adapter().name());
      Path file = files.get(part.adapter().identity());
      if (file != null) {
        one.put("file", file.toString());
      }
      one.put("identity", part.adapter().identity());
      one.put("weight", part.weight().value());
      if (part.weight() instanceof StepWindow window) {
        one.put("from", window.from());
        one.put("to", window.to());
      } else {
        one.put("curve", part.weight().text());
      }
      part.text().ifPresent(w -> one.put("text", w));
      if (!part.shares().all()) {
        one.put("blocks", part.shares().text());
      }
      part.area().ifPresent(a -> one.put("region", a.name()));
      all.add(one);
    }
    return all;
  }
}
