package dev.lora4j.studio.blend;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.core.mix.AdapterOrder;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.diffusion.record.AdapterRecord;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.request.MicroConditioning;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.spi.Extensions;
import dev.lora4j.studio.library.AdapterSearch;
import java.util.Locale;
import java.util.Optional;

/** The blend that made a picture, from the record in its file. */
final class RecordedBlend {
  private static final int DIGITS = 12;

  private final AdapterSearch search;
  private final Regions regions;
  private final ServedHashes bases;

  RecordedBlend(AdapterSearch search, Regions regions, ServedHashes bases) {
    this.search = search;
    this.regions = regions;
    this.bases = bases;
  }

  /** The fields of the blend. */
  JsonObject of(PictureRecord record, MissingParts missing) {
    JsonObject blend = new JsonObject();
    base(record, blend, missing);
    Prompt prompt = record.prompt();
    blend.addProperty("prompt", prompt.text());
    blend.addProperty("negative", prompt.negative());
    blend.addProperty("seed", prompt.seed());
    blend.addProperty("steps", prompt.steps());
    prompt.guidance().ifPresent(scale -> blend.addProperty("guidance", scale));
    blend.addProperty("sampler", prompt.sampler());
    blend.addProperty("schedule", prompt.schedule().text());
    blend.addProperty("width", prompt.width());
    blend.addProperty("height", prompt.height());
    JsonArray rows = new JsonArray();
    record.adapters().forEach(part -> rows.add(row(part, missing)));
    blend.add("adapters", rows);
    record.mixer().ifPresent(mixer -> mixer(mixer, blend, missing));
    Route route = Route.of(record.info().route()).orElse(Route.AUTO);
    blend.addProperty("route", route.name().toLowerCase(Locale.ROOT));
    settings(record, missing);
    return blend;
  }

  private void base(PictureRecord record, JsonObject blend, MissingParts missing) {
    String hash = record.info().baseHash();
    Optional<String> name = bases.find(hash);
    if (name.isPresent()) {
      blend.addProperty("base", name.get());
    } else {
      missing.add(
          "base",
          record.info().base(),
          hash,
          "The base " + record.info().base() + " (" + shorter(hash) + ") is not served here.");
    }
  }

  private JsonObject row(AdapterRecord part, MissingParts missing) {
    JsonObject row = new JsonObject();
    Optional<String> name = search.byIdentity(part.name(), part.identity());
    row.addProperty("name", name.orElse(part.name()));
    if (name.isEmpty()) {
      missing.add(
          "adapter",
          part.name(),
          part.identity(),
          "The adapter "
              + part.name()
              + " (identity "
              + shorter(part.identity())
              + ") is not in the library.");
    }
    row.addProperty("weight", part.weight().text());
    part.text().ifPresent(weight -> row.addProperty("text", weight));
    if (!part.blocks().isEmpty()) {
      row.addProperty("blocks", part.blocks());
    }
    part.region().ifPresent(region -> region(region, part, row, missing));
    return row;
  }

  private void region(
      AdapterRecord.Region region, AdapterRecord part, JsonObject row, MissingParts missing) {
    Optional<String> id = regions.recorded(region.hash());
    if (id.isPresent()) {
      row.addProperty("region", id.get());
    } else {
      missing.add(
          "region",
          region.name(),
          region.hash(),
          "The region of " + part.name() + " is not here. Paint it again.");
    }
  }

  private static void mixer(ExtensionRequest mixer, JsonObject blend, MissingParts missing) {
    if (Extensions.installed().find(Mixer.class, mixer.name()).isPresent()) {
      blend.addProperty("mixer", mixer.text());
    } else {
      missing.add("mixer", mixer.name(), "", "The mixer " + mixer.name() + " is not installed.");
    }
  }

  /** What pictures can be made with and blends have not. */
  private static void settings(PictureRecord record, MissingParts missing) {
    if (record.prompt().clipSkip() > 0) {
      setting("clip skip " + record.prompt().clipSkip(), missing);
    }
    record.prompt().trueCfg().ifPresent(scale -> setting("the true CFG scale " + scale, missing));
    if (!record.prompt().micro().equals(MicroConditioning.OWN)) {
      setting("sizes of its own for a Stable Diffusion XL", missing);
    }
    if (record.order() != AdapterOrder.IN_TURN) {
      setting("another order of its adapters", missing);
    }
    record.start().ifPresent(start -> setting("the init image " + start.name(), missing));
    record.embeddings().forEach(word -> setting("the textual inversion " + word.name(), missing));
  }

  private static void setting(String name, MissingParts missing) {
    missing.add(
        "setting", name, "", "The picture was made with " + name + ", which a blend has not.");
  }

  private static String shorter(String digest) {
    return digest.substring(0, Math.min(DIGITS, digest.length()));
  }
}
