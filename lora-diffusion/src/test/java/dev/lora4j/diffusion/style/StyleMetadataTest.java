package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.TriggerWords;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.adapter.TargetPreset;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.dataset.DataSet;
import dev.lora4j.diffusion.dataset.bucket.Bucket;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.cache.ContentCache;
import dev.lora4j.diffusion.dataset.caption.CaptionSettings;
import dev.lora4j.diffusion.dataset.source.Augmentations;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.diffusion.family.stablediffusion.UNetTargets;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.Huber;
import dev.lora4j.diffusion.train.objective.HuberSchedule;
import dev.lora4j.diffusion.train.objective.NoiseSettings;
import dev.lora4j.diffusion.train.objective.ObjectiveSettings;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an adapter's header says of its training, in the forms that kohya's readers know. */
class StyleMetadataTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final StyleSettings SETTINGS =
      StyleSettings.DEFAULT.withRank(4).withSteps(10).withSeed(7);

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static Map<String, String> said(
      StableDiffusion sd, StyleSettings settings, DataSet data, int steps) {
    AdapterPlan plan = settings.recipe().plan(sd.base().sites().all());
    DataSetSamples samples =
        new DataSetSamples(sd, data.usable(), ContentCache.ofUser(DType.F32), 7, false);
    return StyleMetadata.on(sd.base(), Map.of()).of("ink", settings, plan, samples, steps);
  }

  private DataSource pictures(String name, int count, int height) throws IOException {
    Path place = Files.createDirectories(folder.resolve(name));
    for (int i = 0; i < count; i++) {
      BufferedImage image = new BufferedImage(64, height, BufferedImage.TYPE_INT_RGB);
      image.setRGB(i, name.length(), 0xffffff);
      ImageIO.write(image, "png", place.resolve(i + ".png").toFile());
      Files.writeString(place.resolve(i + ".txt"), "fox, " + i);
    }
    return DataSource.of(place);
  }

  private static DataGroup group(int batch, DataSource... sources) {
    Bucketing sizes = new Bucketing(new Bucket(64, 64), true, 32, 128, 8, false);
    return new DataGroup(sizes, batch, 0, List.of(sources));
  }

  private static DataSet surveyed(DataGroup... groups) {
    return DataSet.survey(List.of(groups), DataSet.Depth.HEADERS);
  }

  private static CaptionSettings captions(String trigger, double dropout) {
    return new CaptionSettings("", "", trigger, ",", "", true, 1, "", dropout, 0, 0, false);
  }

  private static void requireAll(Map<String, String> wanted, Map<String, String> found) {
    wanted.forEach((key, value) -> assertEquals(value, found.get(key), key));
  }

  @Test
  void ratesAndEpochs() throws IOException {
    StyleDraft draft = new StyleDraft(SETTINGS);
    draft.recipe =
        SETTINGS.recipe().targets(TargetLayers.of(UNetTargets.STYLE, TargetPreset.TEXT_ENCODERS));
    draft.rates = new LearningRates(1e-3, OptionalDouble.empty(), OptionalDouble.of(5e-5), 16);
    draft.schedule = SETTINGS.schedule().warmupSteps(2);
    draft.accumulate = 2;
    draft.maxNorm = OptionalDouble.of(1.5);
    draft.clipSkip = 1;
    // Five pictures three times, by two, make eight batches and four changes of an epoch.
    DataSet data = surveyed(group(2, pictures("three", 5, 64).at(folder.resolve("three"), 3, "")));
    Map<String, String> found = said(SD, draft.settings(), data, 6);
    requireAll(
        Map.of(
            "ss_learning_rate", "0.001",
            "ss_unet_lr", "0.001",
            "ss_text_encoder_lr", "5e-05",
            "ss_lr_warmup_steps", "2",
            "ss_scale_weight_norms", "1.5",
            "ss_clip_skip", "2",
            "ss_seed", "7"),
        found);
    requireAll(
        Map.of(
            "ss_num_train_images", "15",
            "ss_num_reg_images", "0",
            "ss_num_batches_per_epoch", "8",
            "ss_gradient_accumulation_steps", "2",
            "ss_total_batch_size", "4",
            "ss_num_epochs", "3",
            "ss_epoch", "1",
            "ss_steps", "6"),
        found);
    assertTrue(found.get("ss_network_args").contains("\"loraplus_lr_ratio\":\"16.0\""));
    assertTrue(found.get("ss_optimizer").startsWith("adamw(beta1=0.9,beta2=0.999,eps="));
    assertEquals("3", said(SD, draft.settings(), data, 10).get("ss_epoch"));
    assertEquals("None", said(SD, SETTINGS, data, 10).get("ss_text_encoder_lr"));
    assertEquals("None", said(SD, SETTINGS, data, 10).get("ss_clip_skip"));
  }

  @Test
  void noiseAndLoss() throws IOException {
    DataSet data = surveyed(group(1, pictures("one", 1, 64)));
    Map<String, String> plain = said(SD, SETTINGS.with(ObjectiveSettings.PLAIN), data, 1);
    requireAll(
        Map.of(
            "ss_noise_offset", "None",
            "ss_multires_noise_iterations", "None",
            "ss_multires_noise_discount", "0.3",
            "ss_min_snr_gamma", "None",
            "ss_debiased_estimation", "False",
            "ss_prior_loss_weight", "1.0",
            "ss_loss_type", "l2"),
        plain);
    ObjectiveSettings objective =
        ObjectiveSettings.DEFAULT
            .with(NoiseSettings.multires(6, 0.4).withInputPerturbation(0.1))
            .with(
                ObjectiveSettings.DEFAULT
                    .loss()
                    .with(new Huber(0.2, HuberSchedule.EXPONENTIAL, 1)));
    requireAll(
        Map.of(
            "ss_multires_noise_iterations", "6",
            "ss_multires_noise_discount", "0.4",
            "ss_ip_noise_gamma", "0.1",
            "ss_min_snr_gamma", "5.0",
            "ss_loss_type", "huber",
            "ss_huber_c", "0.2",
            "ss_huber_schedule", "exponential"),
        said(SD, SETTINGS.with(objective), data, 1));
  }

  @Test
  void picturesAndCaptions() throws IOException {
    DataSource own =
        pictures("foxes", 2, 64)
            .with(captions("sks", 0.1))
            .with(new Augmentations(true, false, false));
    DataSource others = pictures("animals", 1, 128).regularising(true);
    Map<String, String> found = said(SD, SETTINGS, surveyed(group(2, own, others)), 1);
    requireAll(
        Map.of(
            "ss_flip_aug", "True",
            "ss_shuffle_caption", "True",
            "ss_keep_tokens", "1",
            "ss_caption_dropout_rate", "0.1",
            "ss_caption_tag_dropout_rate", "0.0",
            "ss_dataset_dirs", "{\"foxes\":{\"img_count\":2,\"n_repeats\":1}}"),
        found);
    requireAll(
        Map.of(
            "ss_batch_size_per_device", "2",
            "ss_resolution", "(64, 64)",
            "ss_enable_bucket", "True",
            "ss_min_bucket_reso", "32",
            "ss_max_bucket_reso", "128",
            "ss_tag_frequency", "{\"foxes\":{\"0\":1,\"1\":1,\"fox\":2,\"sks\":2}}",
            "modelspec.trigger_phrase", "sks"),
        found);
    JsonObject buckets =
        JsonParser.parseString(found.get("ss_bucket_info"))
            .getAsJsonObject()
            .getAsJsonObject("buckets");
    assertEquals(2, buckets.size());
    assertTrue(
        buckets.toString().contains("{\"count\":2,\"resolution\":[64,64]}"), buckets::toString);
    assertTrue(found.get("ss_reg_dataset_dirs").contains("animals"));
    assertEquals(List.of("sks"), TriggerWords.of(new Metadata(found)).words());
    assertFalse(found.containsKey("ss_datasets"));
  }

  @Test
  void groupsThatDifferAreListed() throws IOException {
    DataSource one = pictures("one", 1, 64).with(captions("sks", 0));
    DataSource two = pictures("two", 2, 64).with(captions("", 0));
    Map<String, String> found = said(SD, SETTINGS, surveyed(group(1, one), group(2, two)), 1);
    assertFalse(found.containsKey("ss_batch_size_per_device"));
    assertEquals("True", found.get("ss_shuffle_caption"));
    JsonArray all = JsonParser.parseString(found.get("ss_datasets")).getAsJsonArray();
    assertEquals(2, all.size());
    JsonObject second = all.get(1).getAsJsonObject();
    assertEquals(2, second.get("batch_size_per_device").getAsInt());
    assertEquals(2, second.get("num_train_images").getAsInt());
    JsonObject subset = second.getAsJsonArray("subsets").get(0).getAsJsonObject();
    assertEquals("two", subset.get("image_dir").getAsString());
    assertEquals("sks", found.get("modelspec.trigger_phrase"));
  }

  @Test
  void metadataHasTheBasesPredictionType() throws IOException {
    DataSet data = surveyed(group(1, pictures("one", 1, 64)));
    assertEquals("v", said(SD, SETTINGS, data, 1).get("modelspec.prediction_type"));
    LoadOptions options = LoadOptions.in(DType.F32).predicting(Prediction.EPSILON);
    try (StableDiffusion sd = StableDiffusion.open(LORA, TinySd.FOLDER, options)) {
      Map<String, String> found = said(sd, SETTINGS, data, 1);
      assertEquals("epsilon", found.get("modelspec.prediction_type"));
      assertEquals("no", found.get("ss_mixed_precision"));
    }
  }
}
