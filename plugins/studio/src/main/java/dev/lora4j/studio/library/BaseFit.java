package dev.lora4j.studio.library;

import dev.lora4j.core.format.Family;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.picture.PictureService;
import dev.lora4j.server.text.TextService;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * A base that adapters may be for.
 *
 * @param name by which pages call it
 * @param hash of its weights, computed when it is asked for
 * @param layers what it has of them
 */
record BaseFit(String name, Supplier<String> hash, Family layers) {
  /** The bases of a catalogue, those of pictures first. */
  static List<BaseFit> of(ModelCatalogue models) {
    List<BaseFit> all = new ArrayList<>();
    for (PictureService service : models.pictures()) {
      all.add(
          new BaseFit(service.name(), () -> service.base().base().hash(), service.base().family()));
    }
    for (TextService service : models.texts()) {
      all.add(
          new BaseFit(
              service.name(),
              () -> service.model().base().hash(),
              service.model().base().family()));
    }
    return all;
  }
}
