package dev.lora4j.bench.server;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.cli.console.Failure;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.ImageIO;

/**
 * An answer of a server.
 *
 * @param first seconds from the request to the first byte of the body
 * @param last seconds to its last byte
 */
record ServerAnswer(double first, double last, String body) {
  /** Sides of the squares whose mean colours stand for a picture. */
  private static final int SQUARE = 8;

  private static final int LETTERS = 12;

  private JsonObject json() {
    return JsonParser.parseString(body).getAsJsonObject();
  }

  private static JsonObject firstOf(JsonObject answer, String list) {
    if (!(answer.get(list) instanceof JsonArray all) || all.isEmpty()) {
      throw new Failure("A server answered without '" + list + "': " + answer);
    }
    return all.get(0).getAsJsonObject();
  }

  /** Tokens of a text. */
  int tokens() {
    return json().getAsJsonObject("usage").get("completion_tokens").getAsInt();
  }

  /** Numbers that stand for the text or the picture, to be compared with those of another. */
  double[] numbers() {
    JsonObject answer = json();
    return answer.has("choices")
        ? letters(firstOf(answer, "choices").get("text").getAsString())
        : squares(picture(firstOf(answer, "data").get("b64_json").getAsString()));
  }

  /** The first letters; later ones depend on how the last bits of logits are rounded. */
  private static double[] letters(String text) {
    double[] numbers = new double[LETTERS];
    for (int i = 0; i < Math.min(LETTERS, text.length()); i++) {
      numbers[i] = text.charAt(i);
    }
    return numbers;
  }

  private static BufferedImage picture(String base64) {
    try {
      return ImageIO.read(new ByteArrayInputStream(Base64.getDecoder().decode(base64)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The mean of each square of each colour. */
  private static double[] squares(BufferedImage image) {
    int columns = image.getWidth() / SQUARE;
    double[] means = new double[3 * columns * (image.getHeight() / SQUARE)];
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        int square = y / SQUARE * columns + x / SQUARE;
        for (int colour = 0; colour < 3; colour++) {
          means[3 * square + colour] += ((image.getRGB(x, y) >> (8 * colour)) & 0xff) / 64.0;
        }
      }
    }
    return means;
  }
}
