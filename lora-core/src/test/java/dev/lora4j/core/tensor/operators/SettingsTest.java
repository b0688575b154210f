package dev.lora4j.core.tensor.operators;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Convolution;
import dev.lora4j.core.tensor.Pool;
import dev.lora4j.core.tensor.Resize;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.TransposedConvolution;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Settings that fit no tensor are refused where they are made. */
class SettingsTest {
  @Test
  void numbersThatAreTooSmallAreRefused() {
    refused(() -> Convolution.strided(1, 0), "stride", "[1, 0]");
    refused(() -> Convolution.strided(), "stride", "[]");
    refused(() -> Convolution.PLAIN.padded(-1), "padding", "[-1]");
    refused(() -> Convolution.PLAIN.padded(List.of(1), List.of(-2)), "padding", "[-2]");
    refused(() -> Convolution.PLAIN.dilated(0), "dilation", "[0]");
    refused(() -> Convolution.PLAIN.grouped(0), "1 group or more", "0");
    refused(() -> TransposedConvolution.strided(0), "stride", "[0]");
    refused(() -> TransposedConvolution.PLAIN.outputPadded(-1), "output padding", "[-1]");
    refused(() -> TransposedConvolution.PLAIN.grouped(-1), "1 group or more", "-1");
    refused(() -> Pool.window(0), "window", "[0]");
    refused(() -> Pool.window(2).strided(0), "stride", "[0]");
  }

  @Test
  void nearestResizeRefusesCornersAndAntialiasing() {
    refused(Resize.NEAREST::aligned, "aligns corners", "BILINEAR");
    refused(Resize.NEAREST_EXACT::antialiased, "antialiased", "BICUBIC");
  }

  private static void refused(Executable setting, String expected, String found) {
    String message = assertThrows(TensorException.class, setting).getMessage();
    assertTrue(message.contains(expected) && message.contains(found), message);
  }
}
