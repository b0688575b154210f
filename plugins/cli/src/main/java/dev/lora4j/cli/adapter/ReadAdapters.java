package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.RecordedBaseModel;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.nn.Site;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Adapters that were read from files, and the layers that they are for. */
record ReadAdapters(List<LoadedAdapter> all) {
  private static final int WIDTH = 600;

  /**
   * Reads adapters; what their files are warned of is noted.
   *
   * @param base the base that they are for; found by each file without it
   */
  static ReadAdapters of(
      Console console, List<Path> files, Optional<Family> base, ReadOptions options) {
    files.forEach(ExistingPath::any);
    List<LoadedAdapter> all = new ArrayList<>();
    for (Path file : files) {
      LoadedAdapter loaded = AdapterReading.examine(file, base, options).loaded();
      loaded.warnings().forEach(w -> console.note(file + ": " + Printable.of(w, WIDTH)));
      KeyReport.tell(console, file, loaded.account());
      all.add(loaded);
    }
    ReadAdapters read = new ReadAdapters(all);
    read.requireOneFamily(files);
    read.tellBases(console, files);
    return read;
  }

  private void requireOneFamily(List<Path> files) {
    for (int i = 1; i < all.size(); i++) {
      Family first = all.get(0).family();
      Family other = all.get(i).family();
      if (!first.name().equals(other.name()) || !fit(first, other)) {
        throw new Failure(
            files.get(0)
                + " is for "
                + first.title()
                + " and "
                + files.get(i)
                + " for "
                + other.title()
                + "; adapters of different bases have no layers in common.");
      }
    }
  }

  /** True if the layers of equal name in two bases may be the same. */
  private static boolean fit(Family first, Family other) {
    return first.sites().all().stream()
        .allMatch(
            site ->
                other
                    .sites()
                    .find(site.name())
                    .filter(s -> s.weight().elements() != site.weight().elements())
                    .isEmpty());
  }

  /**
   * Notes that headers name different bases: the changes were then trained on different weights.
   */
  private void tellBases(Console console, List<Path> files) {
    for (int i = 1; i < all.size(); i++) {
      RecordedBaseModel first = mark(0);
      RecordedBaseModel other = mark(i);
      if (!first.agrees(other)) {
        console.note(
            files.get(0)
                + " was trained on "
                + first.text()
                + " and "
                + files.get(i)
                + " on "
                + other.text()
                + ": on either base, one of them is not where it was trained.");
      }
    }
  }

  private RecordedBaseModel mark(int index) {
    return RecordedBaseModel.of(new Metadata(all.get(index).adapter().metadata()));
  }

  /** The kind of base that they are all for. */
  Family family() {
    return all.get(0).family();
  }

  /** The layers that they change, by name. */
  Map<String, Site> sites() {
    Map<String, Site> sites = new HashMap<>();
    for (LoadedAdapter loaded : all) {
      loaded.family().sites().all().forEach(site -> sites.put(site.name(), site));
    }
    return sites;
  }

  /** The blocks that these layers are in. */
  BlockNames blocks() {
    return new BlockNames(new SiteCatalogue(sites().values()));
  }
}
