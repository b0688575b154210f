package dev.lora4j.cli.generate;

import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;

/** Pictures in rows and columns, with a heading over each column and a label beside each row. */
public final class PictureGrid {
  private static final int SMALLEST_CELL = 128;
  private static final int GAP = 8;
  private static final Color INK = new Color(0x22, 0x22, 0x22);

  private final String title;
  private final List<String> headings;
  private final List<String> labels = new ArrayList<>();
  private final List<List<BufferedImage>> rows = new ArrayList<>();

  public PictureGrid(List<String> headings) {
    this("", headings);
  }

  /**
   * With a line over all of it.
   *
   * @param title text of the line; empty for none
   */
  public PictureGrid(String title, List<String> headings) {
    this.title = title;
    this.headings = List.copyOf(headings);
  }

  /** Adds a row with one picture for each heading. */
  public void add(String label, List<BufferedImage> pictures) {
    labels.add(label);
    rows.add(List.copyOf(pictures));
  }

  /** Draws it. Small pictures are enlarged by a whole factor, so that pixels stay sharp. */
  public BufferedImage draw() {
    BufferedImage first = rows.get(0).get(0);
    int factor = Math.max(1, (SMALLEST_CELL + first.getWidth() - 1) / first.getWidth());
    int width = first.getWidth() * factor;
    int height = first.getHeight() * factor;
    Font font = new Font(Font.SANS_SERIF, Font.PLAIN, Math.max(14, width / 12));
    int margin = Math.min(2 * width, widest(font)) + 2 * GAP;
    int above = title.isEmpty() ? 0 : font.getSize() * 2;
    int head = above + font.getSize() * 2;
    BufferedImage canvas =
        new BufferedImage(
            margin + headings.size() * (width + GAP),
            head + rows.size() * (height + GAP),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D g = canvas.createGraphics();
    g.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    g.setColor(Color.WHITE);
    g.fillRect(0, 0, canvas.getWidth(), canvas.getHeight());
    g.setFont(font);
    g.setColor(INK);
    for (int column = 0; column < headings.size(); column++) {
      int middle = margin + column * (width + GAP) + width / 2;
      String text = fitted(headings.get(column), g.getFontMetrics(), width);
      int base = above + (head - above) * 2 / 3;
      g.drawString(text, middle - g.getFontMetrics().stringWidth(text) / 2, base);
    }
    if (!title.isEmpty()) {
      g.drawString(
          fitted(title, g.getFontMetrics(), canvas.getWidth() - 2 * GAP), GAP, above * 2 / 3);
    }
    for (int row = 0; row < rows.size(); row++) {
      int y = head + row * (height + GAP);
      String text = fitted(labels.get(row), g.getFontMetrics(), margin - 2 * GAP);
      g.drawString(text, GAP, y + height / 2 + font.getSize() / 3);
      for (int column = 0; column < rows.get(row).size(); column++) {
        int x = margin + column * (width + GAP);
        g.drawImage(rows.get(row).get(column), x, y, width, height, null);
      }
    }
    g.dispose();
    return canvas;
  }

  private int widest(Font font) {
    Graphics2D g = new BufferedImage(1, 1, BufferedImage.TYPE_INT_RGB).createGraphics();
    FontMetrics metrics = g.getFontMetrics(font);
    g.dispose();
    return labels.stream().mapToInt(metrics::stringWidth).max().orElse(0);
  }

  private static String fitted(String text, FontMetrics metrics, int width) {
    String shorter = text;
    while (shorter.length() > 1 && metrics.stringWidth(shorter + "…") > width) {
      if (shorter.equals(text) && metrics.stringWidth(text) <= width) {
        return text;
      }
      shorter = shorter.substring(0, shorter.length() - 1);
    }
    return shorter.equals(text) ? text : shorter.strip() + "…";
  }
}
