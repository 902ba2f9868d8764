* Every construct that the MPS writer uses: all three row senses, an integer
* column between markers, negative and free columns, a column without an
* objective entry of its own. Optimum -1.35.
NAME tiny FREE
ROWS
 N OBJ
 L r0
 G r1
 E r2
COLUMNS
 x0 OBJ -1.5 r0 1
 x0 r2 1
 M0 'MARKER' 'INTORG'
 b0 OBJ 0.0 r0 2
 b0 r1 1
 M1 'MARKER' 'INTEND'
 x1 OBJ 1 r2 -1
 x1 r1 -0.25
RHS
 RHS r0 2.5 r1 -0.3
 RHS r2 0.5
BOUNDS
 LO BND x0 -3
 UP BND x0 4
 LO BND b0 0
 UP BND b0 1
 FR BND x1
ENDATA
