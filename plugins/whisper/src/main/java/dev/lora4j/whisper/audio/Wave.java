package dev.lora4j.whisper.audio;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;

/**
 * Samples of a recording, one channel.
 *
 * @param name of its file, for messages
 * @param rate samples of a second
 * @param samples from -1 to 1
 */
@SuppressWarnings("ArrayRecordComponent") // handed on as they are, and never compared
public record Wave(String name, int rate, float[] samples) {
  /** Samples of a second that Whisper hears. */
  public static final int RATE = 16000;

  /** The most channels that are averaged. */
  private static final int MOST_CHANNELS = 8;

  /**
   * Reads a WAV file of PCM in 8, 16, 24 or 32 bits or of floating point numbers; several channels
   * are averaged.
   *
   * @throws AudioException if it is none, has no samples, or more than 8 channels
   */
  public static Wave read(Path file) {
    try {
      if (RegularFile.require(file) > RegularFile.DATA) {
        throw new AudioException(file + " has 2 GiB or more; cut it into several files.");
      }
      try (InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
          AudioInputStream audio = AudioSystem.getAudioInputStream(bytes)) {
        return of(file, audio);
      }
    } catch (UnsupportedAudioFileException e) {
      throw new AudioException(
          file + " is no WAV file that can be read; convert it, for example by ffmpeg.", e);
    } catch (IOException e) {
      throw new AudioException("Cannot read " + file + ": " + RegularFile.trouble(e) + ".", e);
    }
  }

  private static Wave of(Path file, AudioInputStream audio) throws IOException {
    AudioFormat format = audio.getFormat();
    int channels = format.getChannels();
    if (channels < 1 || channels > MOST_CHANNELS) {
      throw new AudioException(
          file + " has " + channels + " channels; 1 to " + MOST_CHANNELS + " are averaged.");
    }
    Sample sample = sample(file, format);
    int width = format.getSampleSizeInBits() / 8;
    byte[] all = audio.readAllBytes();
    int frames = all.length / (width * channels);
    if (frames == 0) {
      throw new AudioException(file + " is empty: it has no samples.");
    }
    ByteOrder order = format.isBigEndian() ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    ByteBuffer bytes = ByteBuffer.wrap(all).order(order);
    float[] mono = new float[frames];
    for (int i = 0; i < frames; i++) {
      double sum = 0;
      for (int c = 0; c < channels; c++) {
        sum += sample.at(bytes, (i * channels + c) * width);
      }
      mono[i] = (float) (sum / channels);
      if (!Float.isFinite(mono[i])) {
        throw new AudioException(file + " has samples that are no numbers.");
      }
    }
    return new Wave(String.valueOf(file.getFileName()), Math.round(format.getSampleRate()), mono);
  }

  /** Reads a sample, from -1 to 1, at an index of bytes. */
  private interface Sample {
    double at(ByteBuffer bytes, int index);
  }

  private static Sample sample(Path file, AudioFormat format) {
    int bits = format.getSampleSizeInBits();
    AudioFormat.Encoding kind = format.getEncoding();
    boolean big = format.isBigEndian();
    if (kind.equals(AudioFormat.Encoding.PCM_FLOAT) && (bits == 32 || bits == 64)) {
      return bits == 32 ? ByteBuffer::getFloat : ByteBuffer::getDouble;
    }
    boolean signed = kind.equals(AudioFormat.Encoding.PCM_SIGNED);
    if (bits == 8 && (signed || kind.equals(AudioFormat.Encoding.PCM_UNSIGNED))) {
      return signed ? (b, i) -> b.get(i) / 128.0 : (b, i) -> ((b.get(i) & 0xff) - 128) / 128.0;
    }
    if (signed && bits == 16) {
      return (b, i) -> b.getShort(i) / 32768.0;
    } else if (signed && bits == 24) {
      return big
          ? (b, i) -> ((b.getShort(i) << 8) | (b.get(i + 2) & 0xff)) / 8388608.0
          : (b, i) -> ((b.getShort(i + 1) << 8) | (b.get(i) & 0xff)) / 8388608.0;
    } else if (signed && bits == 32) {
      return (b, i) -> b.getInt(i) / 2147483648.0;
    }
    throw new AudioException(
        file
            + " has samples of "
            + kind
            + " in "
            + bits
            + " bits; those of PCM in 8, 16, 24 or 32 bits or of floating point numbers are read.");
  }

  /** Length in seconds. */
  public double seconds() {
    return (double) samples.length / rate;
  }

  /** Returns true if all samples are 0. */
  public boolean silent() {
    for (float sample : samples) {
      if (sample != 0) {
        return false;
      }
    }
    return true;
  }

  /** The same at another rate; itself if that is its own. */
  public Wave at(int other) {
    return other == rate
        ? this
        : new Wave(name, other, Resampler.between(rate, other).apply(samples));
  }

  /** The samples from one on, {@code length} at the most. */
  public Wave part(int from, int length) {
    int end = (int) Math.min(samples.length, (long) from + length);
    return new Wave(name, rate, Arrays.copyOfRange(samples, from, end));
  }

  /** SHA-256 over rate and samples, in hexadecimal. */
  public String digest() {
    MessageDigest digest = Digests.sha256();
    ByteBuffer bytes = ByteBuffer.allocate(4 * (samples.length + 1)).putInt(rate);
    for (float sample : samples) {
      bytes.putFloat(sample);
    }
    digest.update(bytes.array());
    return Digests.hex(digest);
  }
}
