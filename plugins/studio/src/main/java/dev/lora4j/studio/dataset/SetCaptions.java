package dev.lora4j.studio.dataset;

import dev.lora4j.diffusion.dataset.CaptionSource;
import dev.lora4j.diffusion.dataset.DataProblem;
import dev.lora4j.diffusion.dataset.source.CaptionList;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.spi.Extensions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Captions of one folder from the sources that {@code train} asks, in its order. */
final class SetCaptions {
  private static final String LIST = "list";

  /**
   * A caption.
   *
   * @param text that somebody wrote; empty if nobody did
   * @param otherwise what the picture is trained with if nobody wrote one
   * @param list file of the list that it is from, which goes before a text file; empty if none
   * @param problem why it cannot be read; empty if it can
   */
  record Found(String text, String otherwise, String list, String problem) {}

  private final DataSource source;
  private final Map<String, CaptionSource.Captions> sources = new LinkedHashMap<>();
  private final List<DataProblem> told = new ArrayList<>();
  private boolean lonely;

  SetCaptions(DataSource source) {
    this.source = source;
    for (String name : source.captionSources()) {
      sources.put(
          name, Extensions.installed().make(CaptionSource.class, name).in(source, this::told));
    }
  }

  private void told(DataProblem problem) {
    told.add(problem);
  }

  /** The caption of a picture. */
  Found of(Path picture) {
    int before = told.size();
    for (Map.Entry<String, CaptionSource.Captions> one : sources.entrySet()) {
      Optional<CaptionSource.Caption> caption = one.getValue().of(picture);
      if (caption.isPresent()) {
        boolean written = caption.get().written();
        lonely |= !written;
        List<DataProblem> own = told.subList(before, told.size());
        String problem =
            own.stream()
                .filter(DataProblem::isError)
                .map(p -> p.file().getFileName() + " " + p.sentence())
                .findFirst()
                .orElse("");
        own.clear();
        return new Found(
            written ? caption.get().text() : "",
            written ? "" : caption.get().text(),
            one.getKey().equals(LIST) ? list() : "",
            problem);
      }
    }
    return new Found("", "", "", "");
  }

  private String list() {
    return CaptionList.of(source).map(file -> file.getFileName().toString()).orElse("");
  }

  /** What is wrong with the captions of the folder as a whole, after all were asked for. */
  List<String> problems(List<Path> pictures) {
    sources.values().forEach(captions -> captions.unused(pictures, lonely));
    return told.stream().map(p -> p.file().getFileName() + " " + p.sentence()).toList();
  }
}
