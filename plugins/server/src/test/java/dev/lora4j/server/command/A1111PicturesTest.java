package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.BlockWeights;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.request.InitImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that A1111's protocol answers, beside those of the library. */
class A1111PicturesTest {
  private static final String SMALL = "'width':64,'height':64,'steps':3,'seed':5";
  private static final Set<String> KEYS =
      Set.of(
          "prompt all_prompts negative_prompt all_negative_prompts seed all_seeds subseed"
              .concat(" all_subseeds subseed_strength width height sampler_name cfg_scale steps")
              .concat(" batch_size restore_faces face_restoration_model sd_model_name")
              .concat(" sd_model_hash sd_vae_name sd_vae_hash seed_resize_from_w")
              .concat(" seed_resize_from_h denoising_strength extra_generation_params")
              .concat(" index_of_first_image infotexts styles job_timestamp clip_skip")
              .concat(" is_using_inpainting_conditioning version")
              .split(" "));

  @TempDir private static Path state;
  private static A1111Server server;

  @BeforeAll
  static void open() throws IOException {
    server = new A1111Server(state);
  }

  @AfterAll
  static void close() {
    server.close();
  }

  private static Prompt prompt() {
    return Prompt.of("a fox").seed(5).steps(3).size(64, 64).guidance(7).sampler("euler");
  }

  private static int[] own(Prompt prompt) {
    return A1111Server.pixels(server.pictures().generate(prompt).image());
  }

  private static BufferedImage init() {
    return server.pictures().generate(prompt().seed(9)).image();
  }

  @Test
  void picturesAreThoseOfTheLibrary() throws Exception {
    JsonObject answer =
        server.posted(
            "txt2img",
            "{'prompt':'a fox <lora:glossy:0.3:0.7>','negative_prompt':'red','cfg_scale':4,"
                + SMALL
                + ",'sampler_name':'DPM++ 2M','scheduler':'karras',"
                + "'override_settings':{'CLIP_stop_at_last_layers':2,'samples_format':'jpg'}}");
    Adapter glossy = server.pictures().adapter(BundledModel.adapter());
    Prompt same =
        prompt()
            .negative("red")
            .guidance(4)
            .sampler("dpmpp-2m")
            .schedule(SigmaSchedule.KARRAS)
            .clipSkip(1)
            .mix(MixPlan.NONE.with(new MixPlan.Part(glossy, Weight.of(0.7)).text(0.3)));
    assertArrayEquals(own(same), A1111Server.pixels(answer, 0));
    assertEquals(2, A1111Server.info(answer).get("clip_skip").getAsInt());
  }

  @Test
  void seedsCountUpThroughAllBatches() throws Exception {
    JsonObject answer =
        server.posted("txt2img", "{'prompt':'a fox','n_iter':2,'batch_size':2," + SMALL + "}");
    JsonObject info = A1111Server.info(answer);
    assertEquals("[5,6,7,8]", info.get("all_seeds").toString());
    assertEquals(4, answer.getAsJsonArray("images").size());
    for (int i = 0; i < 4; i++) {
      assertArrayEquals(own(prompt().seed(5 + i)), A1111Server.pixels(answer, i), "picture " + i);
    }
  }

  @Test
  void infoHasEveryKeyThatClientsKnow() throws Exception {
    JsonObject answer = server.posted("txt2img", "{'prompt':'a fox'," + SMALL + "}");
    JsonObject info = A1111Server.info(answer);
    assertEquals(Set.of(), missing(info));
    assertEquals("Euler", info.get("sampler_name").getAsString());
    assertEquals("emoji-sd", info.get("sd_model_name").getAsString());
    JsonObject parameters = answer.getAsJsonObject("parameters");
    assertEquals("a fox", parameters.get("prompt").getAsString());
    assertEquals(7, parameters.get("cfg_scale").getAsDouble());
    assertTrue(parameters.get("styles").isJsonNull());
  }

  private static Set<String> missing(JsonObject info) {
    Set<String> missing = new TreeSet<>(KEYS);
    missing.removeAll(info.keySet());
    return missing;
  }

  @Test
  void pngInfoGivesTheInfotextBack() throws Exception {
    JsonObject answer =
        server.posted("txt2img", "{'prompt':'a fox','negative_prompt':'red'," + SMALL + "}");
    String text = A1111Server.info(answer).getAsJsonArray("infotexts").get(0).getAsString();
    String image = answer.getAsJsonArray("images").get(0).getAsString();
    for (String before : new String[] {"", "data:image/png;base64,"}) {
      JsonObject told = server.posted("png-info", "{'image':'" + before + image + "'}");
      assertEquals(text, told.get("info").getAsString());
      JsonObject fields = told.getAsJsonObject("parameters");
      assertEquals("a fox", fields.get("Prompt").getAsString());
      assertEquals("red", fields.get("Negative prompt").getAsString());
      assertEquals("3", fields.get("Steps").getAsString());
      assertEquals("64", fields.get("Size-1").getAsString());
      assertTrue(told.getAsJsonObject("items").has("lora4j"));
    }
  }

  @Test
  void unsentPicturesAreToldOfOnly() throws Exception {
    JsonObject answer =
        server.posted("txt2img", "{'prompt':'a fox','send_images':false," + SMALL + "}");
    assertTrue(answer.getAsJsonArray("images").isEmpty());
    assertEquals(1, A1111Server.info(answer).getAsJsonArray("infotexts").size());
  }

  @Test
  void blockWeightsAreThoseOfTheLibrary() throws Exception {
    Adapter glossy = server.pictures().adapter(BundledModel.adapter());
    JsonObject answer =
        server.posted(
            "txt2img",
            "{'prompt':'a fox <lora:glossy:1:1:lbw=OUTALL:stop=3>','steps':3," + SMALL + "}");
    MixPlan mix =
        MixPlan.NONE.with(
            glossy,
            Weight.steps(0, 2.0 / 3, 1),
            BlockWeights.of("BASE:1,IN:0,M:0,OUT:1", server.pictures().sites()));
    assertArrayEquals(own(prompt().mix(mix)), A1111Server.pixels(answer, 0));
    JsonObject none =
        server.posted("txt2img", "{'prompt':'a fox <lora:glossy:1:lbw=NONE>'," + SMALL + "}");
    assertArrayEquals(own(prompt()), A1111Server.pixels(none, 0));
    JsonObject without =
        server.posted(
            "txt2img",
            "{'prompt':'a fox <lora:glossy:1>','disable_extra_networks':true," + SMALL + "}");
    assertArrayEquals(own(prompt()), A1111Server.pixels(without, 0));
  }

  @Test
  void initImagesAreThoseOfTheLibrary() throws Exception {
    BufferedImage init = init();
    JsonObject answer =
        server.posted(
            "img2img",
            "{'prompt':'a fox','denoising_strength':0.7,'init_images':['"
                + A1111Server.sent(init)
                + "'],"
                + SMALL
                + "}");
    Picture picture = Picture.of("init", "", init, 64, 64, Color.WHITE);
    assertArrayEquals(
        own(prompt().start(InitImage.of(picture, 0.7))), A1111Server.pixels(answer, 0));
    assertFalse(answer.getAsJsonObject("parameters").has("init_images"));
    assertEquals(0.7, A1111Server.info(answer).get("denoising_strength").getAsDouble());
  }

  @Test
  void eachPictureOfABatchHasItsInitImage() throws Exception {
    JsonObject answer =
        server.posted(
            "img2img",
            "{'prompt':'a fox','denoising_strength':0.7,'batch_size':2,'init_images':['"
                + A1111Server.sent(init())
                + "','"
                + A1111Server.sent(mask())
                + "'],"
                + SMALL
                + "}");
    Picture second = Picture.of("init", "", mask(), 64, 64, Color.WHITE);
    assertArrayEquals(
        own(prompt().seed(6).start(InitImage.of(second, 0.7))), A1111Server.pixels(answer, 1));
  }

  private static BufferedImage mask() {
    BufferedImage mask = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int y = 8; y < 40; y++) {
      for (int x = 16; x < 48; x++) {
        mask.setRGB(x, y, 0xffffff);
      }
    }
    return mask;
  }

  private static JsonObject masked(String more) throws Exception {
    return server.posted(
        "img2img",
        "{'prompt':'a fox','denoising_strength':0.7,'init_images':['"
            + A1111Server.sent(init())
            + "'],'mask':'"
            + A1111Server.sent(mask())
            + "',"
            + SMALL
            + more
            + "}");
  }

  @Test
  void masksAreThoseOfTheLibrary() throws Exception {
    JsonObject answer = masked(",'mask_blur':0,'inpainting_fill':1,'inpaint_full_res':false");
    Picture picture = Picture.of("init", "", init(), 64, 64, Color.WHITE);
    InitImage start = InitImage.of(picture, 0.7).within(mask());
    assertArrayEquals(own(prompt().start(start)), A1111Server.pixels(answer, 0));
  }

  @Test
  void darkPlacesOfMasksStay() throws Exception {
    // As clients send it: blurred, filled, and with the part alone in the whole size.
    int[] made = A1111Server.pixels(masked(",'inpaint_full_res_padding':4"), 0);
    int[] before = A1111Server.pixels(init());
    int changed = 0;
    for (int i = 0; i < made.length; i++) {
      int x = i % 64;
      int y = i / 64;
      boolean far = x < 2 || x > 61 || y > 53;
      assertTrue(!far || (made[i] & 0xffffff) == (before[i] & 0xffffff), x + "," + y);
      changed += made[i] == before[i] ? 0 : 1;
    }
    assertTrue(changed > 100, "changed " + changed);
  }

  @Test
  void settingsChooseTheBaseAndTheLayer() throws Exception {
    JsonArray bases = server.got("sd-models").getAsJsonArray();
    String title = bases.get(0).getAsJsonObject().get("title").getAsString();
    server.post("options", "{'sd_model_checkpoint':'" + title + "','unknown':1}");
    server.post("options", "{'CLIP_stop_at_last_layers':2}");
    try {
      JsonObject options = server.got("options").getAsJsonObject();
      assertEquals(title, options.get("sd_model_checkpoint").getAsString());
      JsonObject answer = server.posted("txt2img", "{'prompt':'a fox'," + SMALL + "}");
      assertArrayEquals(own(prompt().clipSkip(1)), A1111Server.pixels(answer, 0));
    } finally {
      server.post("options", "{'CLIP_stop_at_last_layers':1,'sd_model_checkpoint':''}");
    }
    assertEquals(
        Optional.of(title),
        Optional.of(server.got("options").getAsJsonObject())
            .map(o -> o.get("sd_model_checkpoint").getAsString()));
  }
}
