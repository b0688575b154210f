package dev.lora4j.server.a1111;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.record.PngFile;
import dev.lora4j.diffusion.request.InitImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.server.picture.PictureService;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The answer to a request for pictures: the pictures, the request, and how they were made. */
final class PictureAnswer {
  private final PictureRequest asked;
  private final Settings settings;
  private final PictureService service;
  private final String stamp;
  private final JsonArray images = new JsonArray();
  private final JsonArray infotexts = new JsonArray();

  /**
   * An answer without pictures.
   *
   * @param stamp when the work began
   */
  PictureAnswer(PictureRequest asked, Settings settings, PictureService service, String stamp) {
    this.stamp = stamp;
    this.asked = asked;
    this.settings = settings;
    this.service = service;
  }

  /** Adds a picture. */
  void add(int index, GeneratedImage made) {
    infotexts.add(made.infotext());
    if (asked.sent()) {
      images.add(Base64.getEncoder().encodeToString(file(index, made)));
    }
  }

  private byte[] file(int index, GeneratedImage made) {
    return asked
        .start(index)
        .filter(beginning -> beginning.place().isPresent())
        .map(
            beginning ->
                // The record of how to make it again would give the part alone.
                PngFile.bytes(
                    beginning.finished(made.image()), Map.of(PngFile.PARAMETERS, made.infotext())))
        .orElseGet(made::png);
  }

  /** The body; {@code echo} is the request as it was understood. */
  JsonObject body(JsonObject echo) {
    JsonObject body = new JsonObject();
    body.add("images", images);
    body.add("parameters", echo);
    body.addProperty("info", info(echo).toString());
    return body;
  }

  private JsonObject info(JsonObject echo) {
    List<Prompt> prompts = asked.prompts();
    Prompt first = prompts.get(0);
    JsonObject info = new JsonObject();
    info.addProperty("prompt", asked.text());
    info.add("all_prompts", each(p -> asked.text()));
    info.addProperty("negative_prompt", first.negative());
    info.add("all_negative_prompts", each(Prompt::negative));
    info.addProperty("seed", first.seed());
    JsonArray seeds = new JsonArray();
    prompts.forEach(p -> seeds.add(p.seed()));
    info.add("all_seeds", seeds);
    info.add("subseed", echo.get("subseed"));
    JsonArray subseeds = new JsonArray();
    prompts.forEach(p -> subseeds.add(echo.get("subseed")));
    info.add("all_subseeds", subseeds);
    info.addProperty("subseed_strength", 0);
    info.addProperty("width", first.width());
    info.addProperty("height", first.height());
    info.addProperty("sampler_name", asked.sampler().sampler().name());
    info.addProperty("cfg_scale", first.guidance().orElse(0));
    info.addProperty("steps", first.steps());
    info.addProperty("batch_size", asked.batch());
    info.addProperty("restore_faces", false);
    info.add("face_restoration_model", JsonNull.INSTANCE);
    info.addProperty("sd_model_name", service.name());
    info.addProperty("sd_model_hash", Checkpoints.shortHash(service));
    info.add("sd_vae_name", JsonNull.INSTANCE);
    info.add("sd_vae_hash", JsonNull.INSTANCE);
    info.addProperty("seed_resize_from_w", -1);
    info.addProperty("seed_resize_from_h", -1);
    info.add("denoising_strength", JsonNull.INSTANCE);
    first
        .start()
        .map(InitImage::strength)
        .ifPresent(strength -> info.addProperty("denoising_strength", strength));
    info.add("extra_generation_params", new JsonObject());
    info.addProperty("index_of_first_image", 0);
    info.add("infotexts", infotexts);
    info.add("styles", new JsonArray());
    info.addProperty("job_timestamp", stamp);
    info.addProperty("clip_skip", settings.clipStop());
    info.addProperty("is_using_inpainting_conditioning", false);
    info.addProperty("version", "lora4j");
    return info;
  }

  private JsonArray each(Function<Prompt, String> text) {
    JsonArray all = new JsonArray();
    asked.prompts().forEach(prompt -> all.add(text.apply(prompt)));
    return all;
  }
}
