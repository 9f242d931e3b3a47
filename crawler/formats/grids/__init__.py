"""Files that hold tables -> rectangles of cells. What the cells mean is tables/'s."""
