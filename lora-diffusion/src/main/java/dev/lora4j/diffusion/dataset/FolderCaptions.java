package dev.lora4j.diffusion.dataset;

import dev.lora4j.diffusion.dataset.CaptionSource.Caption;
import dev.lora4j.diffusion.dataset.CaptionSource.Captions;
import dev.lora4j.diffusion.dataset.caption.CaptionChecks;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.spi.Extensions;
import dev.lora4j.spi.Plugin;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds the captions of one folder and their problems. */
final class FolderCaptions {
  /**
   * A caption.
   *
   * @param written whether somebody wrote it
   * @param file that it stands in, or the picture
   */
  record Found(String text, boolean written, Path file) {
    static Found of(Caption caption) {
      return new Found(caption.text(), caption.written(), caption.file());
    }
  }

  private final DataSource source;
  private final List<DataProblem> problems;
  private final Map<String, Captions> sources = new LinkedHashMap<>();
  private boolean lonely;

  FolderCaptions(DataSource source, List<DataProblem> problems) {
    this.source = source;
    this.problems = problems;
    for (String request : source.captionSources()) {
      try {
        CaptionSource captions = Extensions.installed().make(CaptionSource.class, request);
        sources.put(request, captions.in(source, problems::add));
      } catch (RuntimeException | Error e) {
        Plugin.throwIfEnding(e);
        failed(request, source.folder(), e);
      }
    }
  }

  private void failed(String request, Path where, Throwable e) {
    problems.add(
        DataProblem.error(where, "has no captions from '" + request + "': " + e.getMessage()));
  }

  /** The caption of a picture: from the first source that has one. */
  Found of(Path picture) {
    for (Map.Entry<String, Captions> one : sources.entrySet()) {
      int told = problems.size();
      try {
        Optional<Caption> caption = one.getValue().of(picture);
        if (caption.isPresent()) {
          // A caption that could not be read has no further problems.
          boolean failed = problems.stream().skip(told).anyMatch(DataProblem::isError);
          return failed ? Found.of(caption.get()) : checked(caption.get());
        }
      } catch (RuntimeException | Error e) {
        Plugin.throwIfEnding(e);
        failed(one.getKey(), picture, e);
        return new Found("", true, picture);
      }
    }
    problems.add(
        DataProblem.error(
            picture,
            "has no caption from any of caption_sources: "
                + String.join(", ", source.captionSources())
                + "."));
    return new Found("", true, picture);
  }

  private Found checked(Caption caption) {
    if (caption.written()) {
      for (String sentence : CaptionChecks.of(caption.text(), source.captions().separator())) {
        problems.add(DataProblem.warning(caption.file(), sentence));
      }
    } else {
      lonely = true;
    }
    return Found.of(caption);
  }

  /** Warns of written captions that lack what nearly all the others have. */
  void compare(List<DataItem> items) {
    List<DataItem> written = items.stream().filter(DataItem::written).toList();
    List<String> texts = written.stream().map(item -> item.recipe().plain(item.caption())).toList();
    List<List<String>> lacking = CaptionChecks.lacking(texts, source.captions().separator());
    for (int i = 0; i < written.size(); i++) {
      for (String tag : lacking.get(i)) {
        problems.add(
            DataProblem.warning(
                written.get(i).file(),
                "has a caption without '"
                    + tag
                    + "', which nearly all others of the folder have."));
      }
    }
  }

  /** Reports captions that belong to no picture; after the search for the pictures' own. */
  void orphans(List<Path> pictures) {
    sources.values().forEach(captions -> captions.unused(pictures, lonely));
  }
}
