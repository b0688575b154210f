package dev.lora4j.diffusion.preference;

import dev.lora4j.diffusion.dataset.DataItem;
import dev.lora4j.diffusion.dataset.DataProblem;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.dataset.image.PixelMap;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at the pictures of pairs; usable pairs become items, what is wrong is told by the row. */
final class PairChecks {
  private final DataGroup group;
  private final DataSource source;
  private final List<DataProblem> problems;
  private final List<DataItem> better = new ArrayList<>();
  private final List<DataItem> worse = new ArrayList<>();
  private final Map<List<String>, String> places = new HashMap<>();

  PairChecks(DataGroup group, List<DataProblem> problems) {
    this.group = group;
    this.source = group.sources().get(0);
    this.problems = new ArrayList<>(problems);
  }

  /** A picture that can be trained on. */
  private record Seen(Path path, String sha256, PixelMap pixels) {
    String size() {
      return pixels.width() + "x" + pixels.height();
    }
  }

  void add(PairRow row) {
    if (row.caption().isBlank()) {
      error(row, "has no prompt.");
    }
    Optional<Seen> good = seen(row, PairRows.BETTER, row.better());
    Optional<Seen> bad = seen(row, PairRows.WORSE, row.worse());
    if (row.caption().isBlank() || good.isEmpty() || bad.isEmpty()) {
      return;
    }
    if (!good.get().size().equals(bad.get().size())) {
      String sizes = good.get().size() + " pixels and " + PairRows.WORSE + " " + bad.get().size();
      error(row, "has pictures of two sizes, better " + sizes + "; both get the same noise.");
    } else if (equal(good.get(), bad.get())) {
      error(row, "has the same picture as better and as worse, so nothing can be learned of it.");
    } else {
      warn(row, good.get().sha256(), bad.get().sha256());
      int index = better.size();
      better.add(item(index, row, good.get()));
      worse.add(item(index, row, bad.get()));
    }
  }

  private void warn(PairRow row, String good, String bad) {
    places.put(List.of(row.caption(), good, bad), row.place());
    Optional.ofNullable(places.get(List.of(row.caption(), bad, good)))
        .ifPresent(
            earlier ->
                problems.add(
                    DataProblem.warning(
                        row.list(), row.place() + " says the contrary of " + earlier + ".")));
  }

  private boolean equal(Seen good, Seen bad) {
    int background = source.background();
    return good.sha256().equals(bad.sha256())
        || Arrays.equals(
            good.pixels().over(background).samples(), bad.pixels().over(background).samples());
  }

  private Optional<Seen> seen(PairRow row, String what, Path path) {
    try {
      PictureFile file = PictureFile.read(path);
      PixelMap pixels =
          file.decode(
              remark -> problems.add(DataProblem.warning(row.list(), told(row, what, remark))));
      return Optional.of(new Seen(path, file.sha256(), pixels));
    } catch (PictureFileException e) {
      error(row, "names as " + what + " " + path + ", which " + e.sentence());
      return Optional.empty();
    }
  }

  private static String told(PairRow row, String what, String remark) {
    return row.place() + " names as " + what + " a picture that " + remark;
  }

  private void error(PairRow row, String sentence) {
    problems.add(DataProblem.error(row.list(), row.place() + " " + sentence));
  }

  private DataItem item(int index, PairRow row, Seen picture) {
    int width = picture.pixels().width();
    int height = picture.pixels().height();
    return new DataItem(
        index,
        picture.path(),
        picture.sha256(),
        width,
        height,
        group.bucketing().fit(width, height),
        1,
        row.caption(),
        row.written(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        source,
        0,
        group.batch(),
        false);
  }

  List<DataItem> better() {
    return better;
  }

  /** The worse ones, each with the number of its better one. */
  List<DataItem> worse() {
    return worse;
  }

  List<DataProblem> problems() {
    return problems;
  }
}
