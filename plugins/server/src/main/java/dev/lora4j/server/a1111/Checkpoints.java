package dev.lora4j.server.a1111;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.server.catalogue.ModelCatalogue;
import dev.lora4j.server.picture.PictureService;
import java.util.Optional;

/** The bases of pictures, which A1111 calls checkpoints. */
final class Checkpoints {
  private static final int SHORT = 10;

  private final ModelCatalogue models;

  Checkpoints(ModelCatalogue models) {
    this.models = models;
  }

  /** The base of a name, a title, or a hash of either length. */
  Optional<PictureService> find(String text) {
    Optional<PictureService> named =
        models.pictures().stream()
            .filter(s -> s.name().equals(text) || text.startsWith(s.name() + " ["))
            .findFirst();
    return named.or(
        () ->
            models.pictures().stream()
                .filter(s -> text.equals(hash(s)) || text.equals(shortHash(s)))
                .findFirst());
  }

  /** What A1111 shows of a base. */
  static String title(PictureService service) {
    return service.name() + " [" + shortHash(service) + "]";
  }

  /** SHA-256 of a base's weights, in hexadecimal. */
  static String hash(PictureService service) {
    return service.base().base().hash();
  }

  /** The beginning of the hash, which tells bases apart. */
  static String shortHash(PictureService service) {
    return hash(service).substring(0, SHORT);
  }

  /** The list that {@code sd-models} answers. */
  JsonArray list() {
    JsonArray all = new JsonArray();
    for (PictureService service : models.pictures()) {
      JsonObject one = new JsonObject();
      one.addProperty("title", title(service));
      one.addProperty("model_name", service.name());
      one.addProperty("hash", shortHash(service));
      one.addProperty("sha256", hash(service));
      one.addProperty("filename", service.name());
      one.add("config", JsonNull.INSTANCE);
      all.add(one);
    }
    return all;
  }
}
