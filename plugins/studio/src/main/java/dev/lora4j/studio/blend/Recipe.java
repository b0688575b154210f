package dev.lora4j.studio.blend;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.server.json.FieldException;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import dev.lora4j.studio.library.AdapterPlaces;
import dev.lora4j.studio.library.AdapterSearch;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Recipes: blends in a form that another machine understands. Beside the fields of the blend they
 * have the SHA-256 of each adapter and of the base, and the regions themselves.
 */
final class Recipe {
  private static final String FORM = "lora4j";
  private static final String KIND = "recipe";
  private static final int VERSION = 1;
  private static final int DIGITS = 12;

  private final AdapterPlaces places;
  private final AdapterSearch search;
  private final Regions regions;
  private final ServedHashes bases;
  private final BlendResolver resolver;

  Recipe(
      AdapterPlaces places,
      AdapterSearch search,
      Regions regions,
      ServedHashes bases,
      BlendResolver resolver) {
    this.places = places;
    this.search = search;
    this.regions = regions;
    this.bases = bases;
    this.resolver = resolver;
  }

  /**
   * Writes a blend as a recipe.
   *
   * @throws FieldException if it cannot be made as it is
   * @throws IOException if a file of it cannot be read
   */
  JsonObject write(JsonFields blend) throws IOException {
    ResolvedBlend resolved = resolver.resolve(Blend.of(blend, Set.of()));
    JsonObject json = new JsonObject();
    json.addProperty(FORM, KIND);
    json.addProperty("version", VERSION);
    json.add("blend", blend.object().deepCopy());
    JsonObject base = new JsonObject();
    base.addProperty("name", resolved.service().name());
    base.addProperty("sha256", resolved.service().base().base().hash());
    json.add("base", base);
    JsonArray adapters = new JsonArray();
    JsonObject painted = new JsonObject();
    for (JsonFields row : rows(blend)) {
      AdapterFile file = places.require(row.path("name"), row.requiredText("name"));
      JsonObject one = new JsonObject();
      one.addProperty("name", row.requiredText("name"));
      one.addProperty("sha256", search.sha256(file));
      adapters.add(one);
      String region = row.text("region").orElse("");
      if (!region.isEmpty()) {
        regions.require(row.path("region"), region);
        painted.addProperty(region, Base64.getEncoder().encodeToString(regions.bytes(region)));
      }
    }
    json.add("adapters", adapters);
    json.add("regions", painted);
    return json;
  }

  private static Iterable<JsonFields> rows(JsonFields blend) {
    return blend.list("adapters", JsonFields::fields).orElse(List.of());
  }

  /**
   * Reads a recipe, of whomever.
   *
   * @param missing receives what is not here
   * @return the fields of its blend, with adapters and base as they are called here
   * @throws FieldException if it is none, or says what a blend cannot
   * @throws IOException if a region cannot be kept
   */
  JsonObject read(JsonFields recipe, MissingParts missing) throws IOException {
    if (!recipe.text(FORM).filter(KIND::equals).isPresent()) {
      throw new FieldException("", "This is no recipe of lora4j.");
    }
    int version = recipe.integer("version", 1, Integer.MAX_VALUE).orElse(VERSION);
    if (version > VERSION) {
      throw new FieldException(
          "version", "The recipe is of a newer version of lora4j, " + version + ".");
    }
    JsonObject blend =
        recipe
            .fields("blend")
            .orElseThrow(() -> recipe.missing("blend", "an object"))
            .object()
            .deepCopy();
    mixer(blend, missing);
    // Its form is checked before any of it is looked for.
    Blend.of(JsonFields.of(blend), Set.of());
    base(recipe, blend, missing);
    for (JsonFields row : rows(JsonFields.of(blend))) {
      adapter(recipe, row, missing);
      region(recipe, row, missing);
    }
    return blend;
  }

  private static void mixer(JsonObject blend, MissingParts missing) {
    String text = JsonFields.of(blend).text("mixer").orElse("");
    String name = BlendRow.checked("mixer", () -> ExtensionRequest.parse(text)).name();
    if (!name.isEmpty() && Extensions.installed().find(Mixer.class, name).isEmpty()) {
      blend.remove("mixer");
      missing.add("mixer", name, "", "The mixer " + name + " is not installed.");
    }
  }

  private void base(JsonFields recipe, JsonObject blend, MissingParts missing) {
    JsonFields base = recipe.fields("base").orElse(JsonFields.of(new JsonObject()));
    String name = base.text("name").orElse("");
    String hash = base.text("sha256").orElse("");
    String wanted = JsonFields.of(blend).text("base").orElse("");
    if (wanted.isEmpty() || bases.has(wanted)) {
      return;
    }
    bases
        .find(hash)
        .ifPresentOrElse(
            here -> blend.addProperty("base", here),
            () -> {
              blend.remove("base");
              missing.add("base", name, hash, "The base " + wanted + " is not served here.");
            });
  }

  private void adapter(JsonFields recipe, JsonFields row, MissingParts missing) {
    String name = row.requiredText("name");
    String hash = hash(recipe, name);
    search
        .byHash(name, hash)
        .ifPresentOrElse(
            here -> row.object().addProperty("name", here),
            () ->
                missing.add(
                    "adapter",
                    name,
                    hash,
                    "The adapter "
                        + name
                        + (hash.isEmpty() ? "" : " (SHA-256 " + shorter(hash) + ")")
                        + " is not in the library."));
  }

  private static String hash(JsonFields recipe, String name) {
    return recipe.list("adapters", JsonFields::fields).orElse(List.of()).stream()
        .filter(one -> one.text("name").filter(name::equals).isPresent())
        .findFirst()
        .flatMap(one -> one.text("sha256"))
        .orElse("");
  }

  private void region(JsonFields recipe, JsonFields row, MissingParts missing) throws IOException {
    String id = row.text("region").orElse("");
    if (id.isEmpty() || regions.has(id)) {
      return;
    }
    Optional<JsonFields> painted = recipe.fields("regions").filter(all -> all.has(id));
    if (painted.isPresent()) {
      row.object().addProperty("region", regions.add(id, SentPng.of(painted.get(), id)));
      return;
    }
    row.object().remove("region");
    missing.add(
        "region",
        id,
        "",
        "The region of " + row.requiredText("name") + " is not here. Paint it again.");
  }

  private static String shorter(String digest) {
    return digest.substring(0, Math.min(DIGITS, digest.length()));
  }
}
