package dev.lora4j.vision.network;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.dataset.image.Resampling;
import dev.lora4j.vision.data.PicturePreparation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Configurations of a written folder of transformers: the base's, with the fields changed that are
 * no longer true.
 */
public final class WrittenResNetConfig {
  private static final String CONFIG = "config.json";

  private static final Map<DType, String> TYPES =
      Map.of(DType.F32, "float32", DType.F16, "float16", DType.BF16, "bfloat16");

  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create();

  private WrittenResNetConfig() {}

  /**
   * Writes {@code config.json}.
   *
   * @param base folder that has the base's
   * @param labels class names of the head; none if there is no head
   * @param stored the type of the weights
   */
  public static void write(Path base, List<String> labels, DType stored, Path folder)
      throws IOException {
    String text = RegularFile.text(base.resolve(CONFIG), RegularFile.TEXT);
    JsonObject config = JsonParser.parseString(text).getAsJsonObject();
    for (String key : List.of("dtype", "torch_dtype")) {
      if (config.has(key)) {
        config.addProperty(key, TYPES.getOrDefault(stored, "float32"));
      }
    }
    if (!labels.isEmpty()) {
      tellClasses(config, labels);
    }
    AtomicFile.write(folder.resolve(CONFIG), GSON.toJson(config) + "\n");
  }

  private static void tellClasses(JsonObject config, List<String> labels) {
    JsonArray classes = new JsonArray();
    classes.add("ResNetForImageClassification");
    JsonObject names = new JsonObject();
    JsonObject numbers = new JsonObject();
    for (int i = 0; i < labels.size(); i++) {
      names.addProperty(String.valueOf(i), labels.get(i));
      numbers.addProperty(labels.get(i), i);
    }
    config.add("architectures", classes);
    config.add("id2label", names);
    config.add("label2id", numbers);
    config.addProperty("problem_type", "single_label_classification");
    // It would count for more than the names.
    config.remove("num_labels");
  }

  /** Copies what the base's folder says about pictures, if it does. */
  public static void copyPreparation(Path base, Path folder) throws IOException {
    Path file = base.resolve(PreprocessorConfig.FILE);
    if (Files.exists(file)) {
      Files.copy(file, folder.resolve(PreprocessorConfig.FILE));
    }
  }

  /**
   * Writes {@code preprocessor_config.json} for the processors that do this alone: Bit's where the
   * middle is cut out, else ViT's.
   */
  public static void writePreparation(PicturePreparation how, Path folder) throws IOException {
    boolean middle = how.shorter() > 0;
    JsonObject config = new JsonObject();
    config.addProperty("image_processor_type", middle ? "BitImageProcessor" : "ViTImageProcessor");
    config.addProperty("do_resize", true);
    config.add("size", middle ? side("shortest_edge", how.shorter()) : square(how.size()));
    config.addProperty("resample", number(how.window()));
    config.addProperty("do_center_crop", middle);
    if (middle) {
      config.add("crop_size", square(how.size()));
    }
    config.addProperty("do_rescale", true);
    config.addProperty("rescale_factor", how.scale());
    config.addProperty("do_normalize", true);
    config.add("image_mean", numbers(how.mean()));
    config.add("image_std", numbers(how.deviation()));
    AtomicFile.write(folder.resolve(PreprocessorConfig.FILE), GSON.toJson(config) + "\n");
  }

  private static int number(Resampling window) {
    return window.equals(Resampling.LANCZOS) ? 1 : window.equals(Resampling.BILINEAR) ? 2 : 3;
  }

  private static JsonObject side(String name, int pixels) {
    JsonObject side = new JsonObject();
    side.addProperty(name, pixels);
    return side;
  }

  private static JsonObject square(int pixels) {
    JsonObject square = side("height", pixels);
    square.addProperty("width", pixels);
    return square;
  }

  private static JsonArray numbers(List<Double> values) {
    JsonArray all = new JsonArray();
    values.forEach(all::add);
    return all;
  }
}
