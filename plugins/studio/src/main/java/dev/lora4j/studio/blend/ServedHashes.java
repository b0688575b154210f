package dev.lora4j.studio.blend;

import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.picture.PictureService;
import java.util.Optional;

/** Bases of pictures by the hash of their weights. */
record ServedHashes(ModelCatalogue models) {
  /** Name of the base with these weights. */
  Optional<String> find(String hash) {
    return models.pictures().stream()
        .filter(service -> service.base().base().hash().equals(hash))
        .map(PictureService::name)
        .findFirst();
  }

  boolean has(String name) {
    return models.pictures().stream().anyMatch(service -> service.name().equals(name));
  }
}
